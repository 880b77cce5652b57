//! One row per keyword: its meaning, Spanish, English. The first form is the one the formatter writes; the
//! others are read. Accents and case do not matter when reading.
//!
//! In: nothing. Out: the table, and a fast lookup of words. Absent: where a keyword may stand; that is the
//! parser's. A keyword is one only where the parser asks for it, so a name may be spelt like one.

use crate::values::Lang;
use std::collections::BTreeMap;
use std::sync::OnceLock;

macro_rules! keywords {
    ($($(#[$doc:meta])* $name:ident $es:literal $en:literal;)*) => {
        /// A keyword's meaning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Keyword { $(#[doc = concat!("`", $en, "`, `", $es, "`")] $name,)* }

        /// Every keyword with its forms, Spanish and English; `|` parts the forms.
        const ROWS: &[(Keyword, &str, &str)] = &[$((Keyword::$name, $es, $en),)*];
    };
}

keywords! {
    // top level
    Language "idioma" "language";
    Strategy "estrategia" "strategy";
    SubStrategy "subestrategia|sub estrategia" "substrategy|sub strategy";
    Template "plantilla" "template";
    Test "prueba" "test";
    Intent "intención" "intent";
    Pattern "patrón" "pattern";
    // head of a strategy
    Title "título" "title";
    Currency "moneda" "currency|money";
    Timezone "zona horaria|huso horario|zona" "timezone|time zone";
    Law "norma|ley" "law";
    Contact "contacto|contactos" "contact|contacts";
    Hours "horario|horarios|horas" "hours";
    AtMost "máximo|a lo más|como máximo|a lo sumo" "at most|maximum|max";
    Per "por|al|a la" "per|a";
    Ladder "escala|escalera" "ladder";
    Enter "entra|entran" "enter|enters";
    EnterAgain "entra de nuevo|vuelve a entrar" "enter again|enters again|reenter";
    LateBy "con atraso de|si se atrasa" "late by|late after";
    Skip "no enviar|no envía" "send nothing|skip";
    When "si|cuando" "when|if";
    Review "revisar|revisión|revisa" "review";
    Every "cada" "every";
    Stage "etapa|nivel" "stage|level";
    FallingBack "al retroceder|al descender" "on falling back|on going down|on coming down";
    Leaving "al salir|cuando sale" "on leaving|on leave";
    PromiseGrace "gracia de promesa|gracia de la promesa|gracia de promesas" "promise grace|grace of promises";
    Tolerance "tolerancia|con tolerancia" "tolerance|with tolerance";
    Webhook "webhook|gancho web" "webhook|web hook";
    Plan "convenio|plan de pagos|acuerdo de pago" "plan|payment plan";
    DownPayment "cuota inicial|pago inicial" "down payment|initial payment";
    Instalments "cuotas|cuota" "instalments|instalment|installments|installment";
    Monthly "mensuales|mensual" "monthly|a month";
    Weekly "semanales|semanal" "weekly|a week";
    Grace "gracia" "grace";
    OnBusinessDays "en días hábiles" "on business days";
    IdentityRequired "identidad requerida|exige identidad|requiere identidad" "identity required|requires identity";
    Import "importar|importa|incluir" "import|imports|include";
    Parameter "parámetro" "parameter|setting";
    DurationType "plazo|duración" "duration|length of time";
    TimeType "hora" "time";
    ChannelType "canal" "channel";
    Field "campo" "field|custom field";
    AmountType "monto|importe" "amount|money";
    NumberType "número" "number";
    PercentType "porcentaje" "percentage|percent";
    DateType "fecha" "date";
    TextType "texto" "text";
    TruthType "sí o no" "yes or no";
    Condition "condición" "condition";
    Segment "segmento" "segment";
    Always "siempre" "always";
    Start "inicio|inicia|empieza" "start|starts";
    Step "paso" "step";
    End "fin|termina|terminar" "end|ends";
    Success "éxito|exito" "success";
    Neutral "neutral|neutro" "neutral";
    Failure "fracaso" "failure";
    // why
    Guarantee "garantía|garantías|garantiza" "guarantee|guarantees";
    NoSendAfter "ningún envío después de|ningún envío tras|no enviar después de" "no send after|no sends after";
    NoSendOutside "ningún envío fuera de|no enviar fuera de" "no send outside|no sends outside";
    EndsWithin "termina en|termina dentro de" "ends within|ends in";
    CostPerAccount "costo por cuenta|coste por cuenta" "cost per account";
    RenamedFrom "antes llamado|antes|renombrado de" "renamed from|formerly";
    Because "porque" "because";
    Basis "base legal|base" "basis|legal basis";
    // statements
    Send "enviar|envía|mandar|envío" "send|sends";
    Wait "esperar" "wait|waits";
    UpTo "hasta" "up to|for up to";
    Until "hasta" "until|till";
    UntilThat "hasta que|hasta" "until|till";
    ForUpTo "como máximo|a lo más|a lo sumo" "for up to|for at most";
    AtTime "a las|a la" "at";
    AtDue "el vencimiento|vencimiento" "due|due date|the due date";
    AtPromise "la promesa|fecha de la promesa" "promise|promise date";
    BeforePromise "antes de la promesa" "before promise|before the promise";
    AfterPromise "después de la promesa|tras la promesa" "after promise|after the promise";
    BeforeDue "antes del vencimiento|antes de vencer" "before due|before due date|before the due date";
    AfterDue "después del vencimiento|tras el vencimiento|después de vencer" "after due|after due date|after the due date";
    AfterLastMessage "después del último mensaje|tras el último mensaje" "after last message|after the last message";
    AfterLastReply "después de la última respuesta|tras la última respuesta" "after last reply|after the last reply|after last response|after the last response";
    AfterEntry "después de la entrada|tras la entrada|después de entrar" "after entry|after the entry|after entering";
    AfterStep "después del paso|tras el paso" "after step|after the step";
    MonthEnd "fin de mes|fin del mes|último día del mes" "end of month|the end of the month|end of the month|last day of the month";
    EndAfter "tras|después de" "after";
    On "cuando|al|si llega" "on|when";
    If "si" "if";
    Else "si no|sino|en otro caso" "else|otherwise";
    Escalate "escalar|escala" "escalate|escalates";
    GoTo "ir a|ve a|pasar a|ir" "go to|goto|go";
    Assign "asignar|derivar" "assign";
    Queue "cola|bandeja" "queue";
    Priority "prioridad" "priority";
    High "alta" "high";
    Normal "normal|media" "normal|medium";
    Low "baja" "low";
    DueIn "vence en|plazo" "due in";
    Note "nota|anotar" "note";
    Tag "etiquetar|etiqueta" "tag|tags";
    Untag "quitar etiqueta|desetiquetar" "untag|remove tag";
    Set "fijar|poner" "set|sets";
    Hold "suspender|suspende|suspender gestión" "hold|holds|suspend";
    BlockChannel "bloquear canal|bloquear el canal|cerrar canal|cerrar el canal" "block channel|block the channel|close channel";
    Release "levantar suspensión|levantar la suspensión|reanudar" "release hold|lift hold|resume";
    Repeat "repetir|repite" "repeat|repeats";
    Times "veces|vez" "times|time";
    Split "repartir|reparte" "split|splits";
    OfferPlan "ofrecer convenio|ofrece convenio|proponer convenio" "offer plan|offers plan";
    FollowPlan "seguir convenio|sigue convenio|seguir el convenio" "follow plan|follows plan|follow the plan";
    VerifyIdentity "verificar identidad|verifica identidad|validar identidad" "verify identity|verifies identity";
    CallWebhook "llamar webhook|llama webhook|invocar webhook" "call webhook|calls webhook";
    By "con" "by|with";
    RunStrategy "seguir con estrategia|seguir con la estrategia|iniciar estrategia|ejecutar estrategia|llamar estrategia" "run strategy|start strategy|call strategy|continue with strategy";
    OnEnd "termina en|termina|fin" "end|ends|ends in";
    // what may happen
    Response "respuesta|responde" "response|reply|answer";
    FullPayment "pago total|pago completo" "full payment";
    PartialPayment "pago parcial" "partial payment";
    Payment "pago|paga|abono" "payment|pays";
    OfAtLeast "de al menos|de por lo menos|al menos|desde" "of at least|at least";
    PaymentReversed "pago revertido|pago devuelto|pago anulado|contracargo|cheque devuelto|reversión de pago" "payment reversed|payment returned|payment bounced|chargeback";
    Delivered "entregado|entregada" "delivered";
    Read "leído|leída" "read";
    NotDelivered "no entregado|no entregada|rebote" "not delivered|undelivered|bounced";
    Timeout "vence|vencimiento|se acaba el tiempo" "timeout|time out";
    OptOut "baja|pide baja" "opt out|opts out|unsubscribe";
    OptIn "alta|pide alta" "opt in|opts in|subscribe";
    BalanceChanged "cambio de saldo|cambia el saldo" "balance changed|balance changes";
    Event "suceso|evento" "event|custom event";
    Dispute "reclamo|disputa|reclama" "dispute|disputes";
    DisputeClosed "reclamo cerrado|disputa cerrada|fin del reclamo" "dispute closed";
    WrongPerson "número equivocado|persona equivocada|tercero" "wrong person|wrong number|third party";
    Promise "promesa|promete" "promise|promises";
    PromisePartlyKept "promesa cumplida en parte|promesa parcial|cumple en parte la promesa" "promise partly kept|promise kept in part";
    PromiseKept "promesa cumplida|cumple la promesa" "promise kept";
    PromiseBroken "promesa incumplida|promesa rota|incumple la promesa" "promise broken|broken promise";
    PlanAccepted "convenio aceptado|aceptado|acepta" "plan accepted|accepted|accepts";
    PlanRejected "convenio rechazado|rechazado|rechaza" "plan rejected|rejected|rejects";
    PlanBroken "convenio incumplido|incumplido|convenio roto|incumple el convenio" "plan broken|broken";
    PlanCompleted "convenio cumplido|cumplido|completado|cumple el convenio" "plan completed|completed";
    InstalmentPaid "cuota pagada" "instalment paid|installment paid";
    InstalmentMissed "cuota impaga|cuota vencida|cuota no pagada" "instalment missed|installment missed";
    Verified "identidad verificada|verificado|verificada" "identity verified|verified";
    Failed "fallido|falla|no verificado|no verificada|identidad no verificada" "failed|fails|not verified";
    DisputeUpheld "reclamo fundado|reclamo procedente|reclamo aceptado" "dispute upheld|dispute accepted";
    DisputeRejected "reclamo infundado|reclamo improcedente|reclamo rechazado" "dispute rejected";
    Done "hecho|hecha|realizada|resultado" "done";
    // units
    Minutes "minutos|minuto|min" "minutes|minute|min";
    Hour "horas|hora" "hours|hour";
    Days "días|día" "days|day";
    BusinessDays "días hábiles|día hábil|días laborables|día laborable" "business days|business day|working days|working day";
    Weeks "semanas|semana" "weeks|week";
    Months "meses|mes" "months|month";
    Day "día" "day";
    Week "semana" "week";
    Month "mes" "month";
    // days of the week
    Mon "lun|lunes" "mon|monday";
    Tue "mar|martes" "tue|tuesday";
    Wed "mié|miércoles" "wed|wednesday";
    Thu "jue|jueves" "thu|thursday";
    Fri "vie|viernes" "fri|friday";
    Sat "sáb|sábado|sábados" "sat|saturday|saturdays";
    Sun "dom|domingo|domingos" "sun|sunday|sundays";
    Holidays "feriados|feriado|festivos|festivo" "holidays|holiday";
    // channels
    Whatsapp "whatsapp|wa" "whatsapp|wa";
    Email "correo|email|mail|correo electrónico" "email|mail|e_mail";
    Sms "sms" "sms|text message";
    Call "llamada|teléfono" "call|phone";
    // conditions
    And "y|e" "and";
    Or "o|u" "or";
    Not "no" "not";
    Tagged "etiquetada|etiquetado" "tagged";
    Between "entre" "between";
    In "en" "in";
    Yes "sí|verdadero" "yes|true";
    No "no|falso" "no|false";
    // templates
    For "para|por" "for";
    ApprovedAs "aprobada como|aprobado como" "approved as";
    Category "categoría" "category";
    Purpose "finalidad|propósito" "purpose";
    Reminder "recordatorio" "reminder";
    Receipt "constancia|recibo" "receipt";
    Information "información" "information|info";
    Offer "oferta" "offer";
    Notice "aviso legal|notificación" "notice|legal notice";
    Subject "asunto" "subject";
    Text "texto" "text";
    Button "botón" "button";
    Attach "adjuntar|adjunta|adjunto" "attach|attaches|attachment";
    Invoices "facturas" "invoices";
    Statement "estado de cuenta" "statement|account statement";
    // tests
    Of "de" "of";
    Account "cuenta" "account";
    OtherAccount "otra cuenta" "other account|another account";
    Invoice "factura" "invoice";
    Due "vence|vencimiento" "due";
    Phone "teléfono|celular" "phone";
    Group "grupo" "group";
    Authorised "autorizados|autorizado|canales autorizados|autoriza" "authorised|authorized|authorised channels|authorized channels";
    Role "rol" "role";
    Debtor "deudor|deudora|titular" "debtor";
    Guarantor "codeudor|codeudora|avalista|aval|garante|fiador" "guarantor|codebtor|surety";
    Reference "referencia" "reference";
    PromisedFor "para el|el" "on|by|for";
    Expect "se espera|debe" "expect|expects";
    After "después de|tras" "after";
    At "el|a las" "at";
    NoSend "ningún envío|no enviar|no envía|sin envíos" "no send|no sends|nothing sent";
    NoEntry "no entra|ninguna entrada" "no entry|not enter";
    Task "tarea" "task";
    Nothing "nada" "nothing";
    AgentContact "contacto del agente|contacto de agente|gestión del agente|gestión de agente" "agent contact|contact by agent";
    MovesTo "se muda a|se traslada a" "moves to|moved to";
    NoAnswer "sin respuesta|no contesta" "no answer|unanswered";
}

/// A word of a language's keyword table; 0 is a word that no keyword has.
pub type WordId = u16;

/// The keyword table of one language, ready for lookup.
pub struct Table {
    words: BTreeMap<String, WordId>,
    /// Forms of each keyword as word ids, in the order of [`ROWS`].
    forms: Vec<Vec<Vec<WordId>>>,
}

/// The table of a language.
pub fn table(lang: Lang) -> &'static Table {
    static TABLES: OnceLock<(Table, Table)> = OnceLock::new();
    let (es, en) = TABLES.get_or_init(|| (Table::build(Lang::Es), Table::build(Lang::En)));
    lang.pick(es, en)
}

impl Table {
    fn build(lang: Lang) -> Table {
        let mut table = Table { words: BTreeMap::new(), forms: Vec::new() };
        for (_, es, en) in ROWS {
            let forms =
                lang.pick(es, en).split('|').map(|form| form.split(' ').map(|w| table.intern(w)).collect());
            let forms = forms.collect();
            table.forms.push(forms);
        }
        table
    }

    fn intern(&mut self, word: &str) -> WordId {
        let next = self.words.len() as WordId + 1;
        *self.words.entry(fold(word)).or_insert(next)
    }

    /// The id of a word as written, accents and case aside; 0 when no keyword has it.
    pub fn word(&self, written: &str) -> WordId {
        if let Some(id) = self.words.get(written) {
            return *id;
        }
        // Most words are names without capitals or accents: folding would not change them.
        if written.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            return 0;
        }
        self.words.get(&fold(written)).copied().unwrap_or(0)
    }

    /// The forms of a keyword, as sequences of words.
    pub fn forms(&self, keyword: Keyword) -> &[Vec<WordId>] {
        self.forms.get(keyword as usize).map_or(&[], Vec::as_slice)
    }
}

impl Keyword {
    /// The form that the formatter writes.
    pub fn word(self, lang: Lang) -> &'static str {
        self.forms(lang).next().unwrap_or("")
    }

    /// Every form that is read.
    pub fn forms(self, lang: Lang) -> impl Iterator<Item = &'static str> {
        let (_, es, en) = ROWS.get(self as usize).unwrap_or(&(Keyword::Language, "", ""));
        lang.pick(*es, *en).split('|')
    }

    /// Every keyword.
    pub fn all() -> impl Iterator<Item = Keyword> {
        ROWS.iter().map(|(keyword, _, _)| *keyword)
    }
}

/// A word without case and accents, as keywords are compared: `DÍAS` is `dias`.
pub fn fold(word: &str) -> String {
    folded(word).collect()
}

/// Are two words the same but for case and accents?
pub(crate) fn same(one: &str, other: &str) -> bool {
    one == other || folded(one).eq(folded(other))
}

fn folded(word: &str) -> impl Iterator<Item = char> + '_ {
    // An accent may stand in a character of its own behind its letter.
    let is_letter = |letter: &char| !('\u{300}'..='\u{36f}').contains(letter);
    word.chars().filter(is_letter).flat_map(char::to_lowercase).map(plain)
}

fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        other => other,
    }
}

/// The name nearest to a misspelt one: at most two letters away, and at most a third of its length.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest_of(written, known).map(|(name, _)| name)
}

/// The nearest name, and whether no other is as near.
pub fn nearest_of<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<(String, bool)> {
    let folded = fold(written);
    let letters = folded.chars().count();
    let far = match letters {
        0..=4 => 1,
        _ => 2,
    };
    let mut best: Option<((usize, usize), &str, bool)> = None;
    for name in known {
        let plain = fold(name);
        // Each letter more or less is one away: a text of a thousand letters is not compared with every name.
        if plain.chars().count().abs_diff(letters) > far {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&folded, &plain);
        if distance > far || distance >= name.chars().count() {
            continue;
        }
        // Of two as near the one of the same length: a letter is sooner mistaken than left out.
        let key = (distance, plain.chars().count().abs_diff(letters));
        best = match best {
            Some((least, first, _)) if key == least && fold(first) != plain => {
                Some((least, first.min(name), false))
            }
            Some(found) if key >= found.0 => Some(found),
            _ => Some((key, name, true)),
        };
    }
    best.map(|(_, name, is_only)| (name.to_owned(), is_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_complete_in_every_language() {
        for keyword in Keyword::all() {
            for lang in Lang::ALL {
                assert!(!keyword.word(lang).is_empty(), "{keyword:?} has no word in {}", lang.code());
            }
        }
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(table(Lang::Es).word("DÍAS"), table(Lang::Es).word("dias"));
        assert_ne!(table(Lang::Es).word("dias"), 0);
        assert_eq!(table(Lang::Es).word("gato"), 0);
    }

    #[test]
    fn the_nearest_name_is_not_nonsense() {
        assert_eq!(nearest("segundo_avizo", ["segundo_aviso", "agente"]).as_deref(), Some("segundo_aviso"));
        assert_eq!(nearest("si", ["no", "pago"]), None);
    }
}
