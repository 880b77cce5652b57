//! The table of problems: code, name, severity. One file per problem holds its facts and its words.
//!
//! In: nothing. Out: the table. A code is stable for ever; each has a page in `docs/codes/`, whose examples
//! are run by the tests.

use crate::diagnostic::Severity;
use crate::values::Lang;

/// What every problem can say of itself, in words made last.
pub trait Facts {
    /// One short sentence: lower case, no full stop, the author's own words in backticks.
    fn headline(&self, lang: Lang) -> String;

    /// A few words beside the marked text; may be empty.
    fn beside(&self, _lang: Lang) -> String {
        String::new()
    }

    /// What to do, when there is something to say.
    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}

/// One of two texts that stand side by side at the place of use.
fn say(lang: Lang, es: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
    match lang {
        Lang::Es => es(),
        Lang::En => en(),
    }
}

fn did_you_mean(lang: Lang, nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| {
        say(lang, || format!("¿quiso decir `{name}`?"), || format!("did you mean `{name}`?"))
    })
}

macro_rules! problems {
    ($($code:literal $name:literal $severity:ident $file:ident $facts:ident;)*) => {
        $(mod $file;)*
        $(pub use $file::$facts;)*

        /// A problem with its facts.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[allow(missing_docs, reason = "each variant is documented by the facts it holds")]
        pub enum Problem { $($facts($facts),)* }

        $(impl From<$facts> for Problem {
            fn from(facts: $facts) -> Problem {
                Problem::$facts(facts)
            }
        })*

        impl Problem {
            /// Stable for ever: `C0201`.
            pub fn code(&self) -> &'static str {
                match self { $(Problem::$facts(_) => $code,)* }
            }

            /// For tests and people: `unknown-step`.
            pub fn name(&self) -> &'static str {
                match self { $(Problem::$facts(_) => $name,)* }
            }

            /// How bad it is.
            pub fn severity(&self) -> Severity {
                match self { $(Problem::$facts(_) => Severity::$severity,)* }
            }

            /// The facts, able to speak.
            pub fn facts(&self) -> &dyn Facts {
                match self { $(Problem::$facts(facts) => facts,)* }
            }
        }

        /// The page of a code, as it stands in `docs/codes/`.
        pub fn page(code: &str) -> Option<&'static str> {
            match code {
                $($code => Some(include_str!(concat!("../../docs/codes/", $code, ".md"))),)*
                _ => None,
            }
        }

        /// Code and name of every problem.
        pub const ALL: &[(&str, &str)] = &[$(($code, $name),)*];
    };
}

problems! {
    "C0101" "unexpected-text" Error unexpected_text UnexpectedText;
    "C0102" "unclosed-block" Error unclosed_block UnclosedBlock;
    "C0103" "unclosed-text" Error unclosed_text UnclosedText;
    "C0104" "stray-closing-brace" Error stray_closing_brace StrayClosingBrace;
    "C0105" "ambiguous-number" Error ambiguous_number AmbiguousNumber;
    "C0106" "too-deep" Error too_deep TooDeep;
    "C0107" "wrong-language-word" Error wrong_language_word WrongLanguageWord;
    "C0108" "impossible-date" Error impossible_date ImpossibleDate;
    "C0109" "missing-unit" Error missing_unit MissingUnit;
    "C0110" "unknown-currency" Error unknown_currency UnknownCurrency;
    "C0111" "unknown-time-zone" Error unknown_time_zone UnknownTimeZone;
    "C0112" "figure-out-of-range" Error figure_out_of_range FigureOutOfRange;
    "C0113" "bad-schedule" Error bad_schedule BadSchedule;
    "C0114" "wrong-sign" Error wrong_sign WrongSign;
    "C0115" "needless-text" Error needless_text NeedlessText;
    "C0116" "wrong-quotes" Error wrong_quotes WrongQuotes;
    "C0117" "currency-sign" Error currency_sign CurrencySign;
    "C0118" "clock-time" Error clock_time ClockTime;
    "C0119" "ambiguous-date" Error ambiguous_date AmbiguousDate;
    "C0120" "number-in-words" Error number_in_words NumberInWords;
    "C0121" "missing-quotes" Error missing_quotes MissingQuotes;
    "C0122" "missing-brace" Error missing_brace MissingBrace;
    "C0123" "missing-word" Error missing_word MissingWord;
    "C0201" "unknown-step" Error unknown_step UnknownStep;
    "C0202" "duplicate-name" Error duplicate_name DuplicateName;
    "C0203" "unknown-template" Error unknown_template UnknownTemplate;
    "C0204" "unknown-fact" Error unknown_fact UnknownFact;
    "C0205" "unknown-outcome" Error unknown_outcome UnknownOutcome;
    "C0206" "unknown-button" Error unknown_button UnknownButton;
    "C0207" "unknown-strategy" Error unknown_strategy UnknownStrategy;
    "C0208" "unknown-law" Error unknown_law UnknownLaw;
    "C0209" "duplicate-clause" Error duplicate_clause DuplicateClause;
    "C0210" "missing-clause" Error missing_clause MissingClause;
    "C0211" "unknown-group" Error unknown_group UnknownGroup;
    "C0212" "unknown-field" Error unknown_field UnknownField;
    "C0213" "name-of-a-fact" Error name_of_a_fact NameOfAFact;
    "C0301" "type-mismatch" Error type_mismatch TypeMismatch;
    "C0302" "not-a-condition" Error not_a_condition NotACondition;
    "C0303" "wrong-currency" Error wrong_currency WrongCurrency;
    "C0304" "missing-currency" Error missing_currency MissingCurrency;
    "C0401" "loop-without-wait" Error loop_without_wait LoopWithoutWait;
    "C0402" "unreachable-step" Warning unreachable_step UnreachableStep;
    "C0403" "step-without-end" Error step_without_end StepWithoutEnd;
    "C0404" "never-ends" Error never_ends NeverEnds;
    "C0405" "unreachable-statement" Warning unreachable_statement UnreachableStatement;
    "C0406" "duplicate-handler" Error duplicate_handler DuplicateHandler;
    "C0407" "misplaced-handler" Error misplaced_handler MisplacedHandler;
    "C0408" "answer-without-message" Error answer_without_message AnswerWithoutMessage;
    "C0409" "shares-not-whole" Error shares_not_whole SharesNotWhole;
    "C0410" "conversation-may-be-over" Advice conversation_may_be_over ConversationMayBeOver;
    "C0411" "nobody-takes" Advice nobody_takes NobodyTakes;
    "C0412" "segments-overlap" Advice segments_overlap SegmentsOverlap;
    "C0413" "segments-leave-gap" Advice segments_leave_gap SegmentsLeaveGap;
    "C0414" "message-after-payment" Advice message_after_payment MessageAfterPayment;
    "C0501" "unknown-variable" Error unknown_variable UnknownVariable;
    "C0502" "too-many-buttons" Error too_many_buttons TooManyButtons;
    "C0503" "text-too-long" Error text_too_long TextTooLong;
    "C0504" "template-without-text" Error template_without_text TemplateWithoutText;
    "C0505" "no-form-for-channel" Error no_form_for_channel NoFormForChannel;
    "C0506" "escalate-nowhere" Warning escalate_nowhere EscalateNowhere;
    "C0507" "missing-subject" Error missing_subject MissingSubject;
    "C0508" "unused-template" Warning unused_template UnusedTemplate;
    "C0509" "template-name-not-accepted" Advice template_name_not_accepted TemplateNameNotAccepted;
    "C0510" "sms-in-many-parts" Advice sms_in_many_parts SmsInManyParts;
    "C0601" "looser-than-law" Error looser_than_law LooserThanLaw;
    "C0602" "no-law" Warning no_law NoLaw;
    "C0603" "hours-reversed" Error hours_reversed HoursReversed;
    "C0620" "too-fast" Warning too_fast TooFast;
    "C0621" "no-limit" Warning no_limit NoLimit;
    "C0622" "limit-too-long" Error limit_too_long LimitTooLong;
    "C0701" "test-out-of-order" Error test_out_of_order TestOutOfOrder;
    "C0702" "never-sent" Error never_sent NeverSent;
    "C0820" "payment-handlers-overlap" Error payment_handlers_overlap PaymentHandlersOverlap;
    "C0821" "identity-not-verified" Error identity_not_verified IdentityNotVerified;
    "C0822" "unknown-plan" Error unknown_plan UnknownPlan;
    "C0823" "unknown-webhook" Error unknown_webhook UnknownWebhook;
    "C0830" "stage-condition" Error stage_condition StageCondition;
    "C0831" "stage-never-holds" Error stage_never_holds StageNeverHolds;
    "C0832" "leaving-waits" Error leaving_waits LeavingWaits;
    "C0833" "stages-in-called-strategy" Error stages_in_called_strategy StagesInCalledStrategy;
    "C0850" "too-many-documents" Error too_many_documents TooManyDocuments;
    "C0840" "answered-above" Advice answered_above AnsweredAbove;
    "C0841" "stricter-above-wider" Advice stricter_above_wider StricterAboveWider;
    "C0801" "unknown-event" Error unknown_event UnknownEvent;
    "C0802" "phrase-twice" Error phrase_twice PhraseTwice;
    "C0803" "empty-phrase" Error empty_phrase EmptyPhrase;
    "C0901" "parameter-out-of-range" Error parameter_out_of_range ParameterOutOfRange;
    "C0902" "parameter-of-another-type" Error parameter_of_another_type ParameterOfAnotherType;
    "C0903" "unused-parameter" Warning unused_parameter UnusedParameter;
    "C0904" "import-not-found" Error import_not_found ImportNotFound;
    "C0905" "import-outside" Error import_outside ImportOutside;
    "C0906" "import-cycle" Error import_cycle ImportCycle;
    "C0907" "import-in-other-language" Error import_in_other_language ImportInOtherLanguage;
    "C0908" "too-many-imports" Error too_many_imports TooManyImports;
    "C0909" "strategy-calls-itself" Error strategy_calls_itself StrategyCallsItself;
    "C0910" "unknown-argument" Error unknown_argument UnknownArgument;
    "C0911" "called-strategy-differs" Error called_strategy_differs CalledStrategyDiffers;
    "C0912" "too-many-calls" Error too_many_calls TooManyCalls;
    "C0913" "old-name-in-use" Error old_name_in_use OldNameInUse;
    "C0914" "unknown-queue" Error unknown_queue UnknownQueue;
    "C1001" "company-not-named" Advice company_not_named CompanyNotNamed;
    "C1002" "no-amount-or-invoice" Advice no_amount_or_invoice NoAmountOrInvoice;
    "C1003" "no-way-to-pay" Advice no_way_to_pay NoWayToPay;
    "C1004" "no-way-to-opt-out" Advice no_way_to_opt_out NoWayToOptOut;
    "C1005" "threatening-words" Advice threatening_words ThreateningWords;
    "C1006" "shouting" Advice shouting Shouting;
    "C1007" "exclamation-marks" Advice exclamation_marks ExclamationMarks;
    "C1008" "same-text-for-every-age" Advice same_text_for_every_age SameTextForEveryAge;
    "C1009" "agreement-not-recorded" Advice agreement_not_recorded AgreementNotRecorded;
    "C1010" "harsh-for-its-age" Advice harsh_for_its_age HarshForItsAge;
    "C1011" "debt-in-subject" Advice debt_in_subject DebtInSubject;
    "C1012" "asks-though-it-tells" Advice asks_though_it_tells AsksThoughItTells;
}
