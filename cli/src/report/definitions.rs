//! What the figures of a report mean, one click away. The long form with sources is `docs/measures.md`.

use cobro_dsl::values::Lang;

macro_rules! definitions {
    ($($name:ident, $id:literal, $es:literal, $en:literal, $text_es:literal, $text_en:literal;)*) => {
        /// A figure that a report explains.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Definition { $($name),* }

        impl Definition {
            /// Every definition, in the order of the page.
            pub(crate) const ALL: &[Definition] = &[$(Definition::$name),*];

            /// Its anchor.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Definition::$name => $id),* }
            }

            /// Its name.
            pub(crate) fn name(self, lang: Lang) -> &'static str {
                match self { $(Definition::$name => lang.pick($es, $en)),* }
            }

            /// What it is.
            pub(crate) fn text(self, lang: Lang) -> &'static str {
                match self { $(Definition::$name => lang.pick($text_es, $text_en)),* }
            }
        }
    };
}

definitions! {
    Entered, "entered", "Entran en la estrategia", "Enter the strategy",
        "Cuentas que cumplieron la condición de entrada en alguna revisión, y lo que debían en ese momento.",
        "Accounts that met the entry condition at some review, and what they owed at that moment.";
    Recovered, "recovered", "Recuperado", "Recovered",
        "Lo que pagó cada cuenta después de entrar, hasta lo que debía. Lo pagado de más no es recuperación. La tasa se mide sobre lo que debían las cuentas al entrar.",
        "What each account paid after it entered, up to what it owed. Money beyond the debt is no recovery. The rate is of what accounts owed on entering.";
    Collected, "collected", "Cobrado", "Collected",
        "Lo recuperado más lo que pagaron, hasta lo que debían, las cuentas que no habían entrado. Es lo que suma la curva.",
        "Recovered, and what accounts that had not entered paid up to what they owed. It is what the curve adds up.";
    Effect, "effect", "Frente a no hacer nada", "Against doing nothing",
        "La diferencia entre lo cobrado con la estrategia y lo cobrado por las mismas cuentas, con el mismo modelo y los mismos sorteos, sin que ninguna entre.",
        "The difference between what was collected with the strategy and by the same accounts, under the same model and draws, when none enters.";
    BandOf, "band", "Banda", "Band",
        "Deja fuera el 2.5 % a cada lado de 200 carteras sorteadas de los clientes de esta (bootstrap por cliente). Dice cuánto pudo salir distinto con otra cartera igual y otra suerte; no sabe si el modelo de conducta es falso.",
        "Leaves out 2.5 % on each side of 200 portfolios drawn from the customers of this one (bootstrap over customers). It says how far the result might have differed with another portfolio of the kind and other luck; it does not know whether the behaviour model is wrong.";
    Messages, "messages", "Mensajes", "Messages",
        "Entregados a un canal. Los que cuentan son los contactos nuevos según la norma o los límites de la estrategia.",
        "Handed over to a channel. Those that count are new contacts by the law or the strategy's limits.";
    FunnelOf, "funnel", "Embudo", "Funnel",
        "Cada mensaje cuenta una vez en cada etapa: enviado, entregado y leído según los acuses; respondido si la respuesta llegó por su canal y era el último; con pago si la cuenta pagó dentro de 7 días y era su último mensaje.",
        "Each message counts once at each stage: sent; delivered and read by receipts; answered when the answer came on its channel and it was the last; paid when the account paid within 7 days and it was its last message.";
    Credit, "credit", "Recuperado por canal", "Recovered by channel",
        "Pagos dentro de 7 días del último mensaje de la cuenta, puestos a nombre de su canal. Es una convención, no un efecto: muchos habrían pagado igual.",
        "Payments within 7 days of the account's last message, put down to its channel. A convention, not an effect: many would have paid anyway.";
    Cost, "cost", "Costo", "Cost",
        "Mensajes por el precio dado con --cost. No incluye el tiempo de las personas.",
        "Messages times the price given with --cost. People's time is not in it.";
    Gate, "gate", "Aplazados y no enviados", "Put off and not sent",
        "Veces que la puerta dijo «no antes de» o «nunca», por la regla que decidió. Un mensaje aplazado dos veces cuenta dos.",
        "Times that the gate said \"not before\" or \"never\", by the rule that decided. A message put off twice counts twice.";
    Outcomes, "outcomes", "Finales", "Outcomes",
        "Cómo terminaron las cuentas que entraron, y lo que debían al entrar.",
        "How the accounts that entered ended, and what they owed on entering.";
    RollRate, "roll", "Matriz de rodamiento", "Roll-rate matrix",
        "De las cuentas de un tramo de mora, qué parte está en cada tramo 30 días después. Se juntan todos los pasos de 30 días desde el primer día.",
        "Of the accounts in an age bucket, which share is in each bucket 30 days later. All steps of 30 days from the first day are pooled.";
    Dso, "dso", "DSO (días de venta por cobrar)", "DSO (days sales outstanding)",
        "Lo adeudado entre todo lo facturado, por los días desde la primera emisión. No hay cifra si la cartera no trae fechas de emisión; es alta de más si solo trae facturas impagas.",
        "Owed divided by all that was invoiced, times the days since the first date of issue. Absent when the portfolio has no dates of issue; too high when it has only unpaid invoices.";
    Cei, "cei", "CEI (efectividad de cobranza)", "CEI (collection effectiveness)",
        "De lo que se podía cobrar, qué parte se cobró: (deuda inicial + facturado − deuda final) ÷ (deuda inicial + facturado − aún no vencido al final).",
        "Of what could be collected, the share that was: (owed at the start + invoiced − owed at the end) ÷ (owed at the start + invoiced − not yet due at the end).";
    PromisesOf, "promises", "Promesas", "Promises",
        "Compromisos de pago hechos, cumplidos (pagados completos hasta su fecha y gracia, o sin deuda ya) e incumplidos.",
        "Commitments to pay made, kept (paid in full by date and grace, or nothing owed any more) and broken.";
    Agents, "agents", "Carga de las personas", "Agent load",
        "Tareas abiertas y terminadas cada día, y las que estaban con una persona al empezar el día.",
        "Tasks opened and done on each day, and those with a person when the day began.";
    WhatsappUse, "whatsapp", "Uso de WhatsApp", "WhatsApp use",
        "Clientes distintos a los que se escribe por WhatsApp fuera de una conversación, por fecha local. Meta los limita a 250, 2,000, 10,000 o 100,000 en 24 horas móviles para toda la empresa; una fecha no es un día móvil, que puede abarcar dos fechas seguidas.",
        "Different customers written to by WhatsApp outside a conversation, by local date. Meta limits them to 250, 2,000, 10,000 or 100,000 in moving 24 hours for the whole business; a date is no moving day, which can span two dates.";
    Segments, "segments", "Segmentos", "Segments",
        "Lo que la cartera declara como segmento, y el tramo de mora al empezar. Saldadas: debían algo al empezar y nada al final.",
        "What the portfolio states as segment, and the age bucket at the start. Cleared: owed something at the start and nothing at the end.";
    Surprising, "surprising", "Cuentas sorprendentes", "Surprising accounts",
        "Las diez más lejanas del promedio de su tramo de mora inicial, en desviaciones estándar al cuadrado de dos cifras: la parte pagada de lo que debían y los mensajes recibidos. Los tramos de menos de 20 cuentas no sorprenden.",
        "The ten farthest from the average of their age bucket at the start, in squared standard deviations of two figures: the share paid of what they owed, and the messages they got. Buckets of fewer than 20 accounts surprise nobody.";
}
