//! A message by itself: who writes, what is owed, how to pay, how to stop it, and how it sounds.

use super::words::words;
use crate::ast::{Template, TemplateClause, Text};
use crate::check::{RawPiece, pieces};
use crate::diagnostic::Diagnostic;
use crate::keywords::fold;
use crate::problems::{
    AsksThoughItTells, CompanyNotNamed, DebtInSubject, ExclamationMarks, NoAmountOrInvoice, NoWayToOptOut,
    NoWayToPay, Shouting, SmsInManyParts, TemplateNameNotAccepted, ThreateningWords,
};
use crate::values::{Channel, Lang, Purpose};
use crate::vocabulary::{Fact, find};

/// Letters of an SMS in one part, and in each of several: GSM 03.38 alphabet, then UCS-2.
const GSM: (usize, usize) = (160, 153);
const UCS2: (usize, usize) = (70, 67);
/// More parts than these cost more than they tell.
const PARTS_MAX: usize = 4;

pub(super) fn check(template: &Template, lang: Lang, findings: &mut Vec<Diagnostic>) {
    let mut purpose = Purpose::Reminder;
    let (mut text, mut subject, mut labels) = (None, None, String::new());
    for clause in &template.clauses {
        match &clause.is {
            TemplateClause::Purpose(is) => purpose = *is,
            TemplateClause::Text(is) => text = Some(is),
            TemplateClause::Subject(is) => subject = Some(is),
            TemplateClause::Button(_, label) => {
                labels.push(' ');
                labels.push_str(&label.is);
            }
            TemplateClause::ApprovedAs(name) => approved_name(name, findings),
            _ => {}
        }
    }
    let Some(text) = text else { return };
    let facts: Vec<Fact> = pieces(&text.is)
        .iter()
        .filter_map(|piece| match piece {
            RawPiece::Variable { name, .. } => find(name, lang),
            RawPiece::Text(_) => None,
        })
        .collect();
    let plain = plain(text);
    let (name, list) = (template.name.text.clone(), words(lang));
    let mut tell = |finding: Diagnostic| findings.push(finding);
    if !facts.contains(&Fact::Company) {
        tell(Diagnostic::new(CompanyNotNamed { name: name.clone() }, text.span));
    }
    if purpose.asks_for_payment() && purpose != Purpose::Offer {
        let owed = [Fact::Balance, Fact::AmountDue, Fact::OriginalAmount, Fact::Invoice, Fact::PromiseAmount];
        if !owed.iter().any(|fact| facts.contains(fact)) {
            tell(Diagnostic::new(NoAmountOrInvoice { name: name.clone() }, text.span));
        }
        if !facts.contains(&Fact::PayLink) && list.find("pay", &format!("{plain} {labels}")).is_none() {
            tell(Diagnostic::new(NoWayToPay { name: name.clone() }, text.span));
        }
    }
    if !purpose.asks_for_payment()
        && let Some(word) = list.find("demand", &plain)
    {
        let (name, word) = (name.clone(), word.to_owned());
        tell(Diagnostic::new(AsksThoughItTells { name, purpose, word }, text.span));
    }
    let is_call = template.channel.is == Channel::Call;
    if purpose.asks_for_payment() && !is_call && list.find("stop", &format!("{plain} {labels}")).is_none() {
        tell(Diagnostic::new(NoWayToOptOut { name: name.clone() }, text.span));
    }
    for text in subject.into_iter().chain([text]) {
        if let Some(word) = list.find("threats", &self::plain(text)) {
            tell(Diagnostic::new(ThreateningWords { word: word.to_owned() }, text.span));
        }
        let plain = self::plain(text);
        if let Some(word) = shouted(&plain, lang) {
            tell(Diagnostic::new(Shouting { word }, text.span));
        }
        let marks = plain.matches('!').count();
        if marks > 1 {
            tell(Diagnostic::new(ExclamationMarks { count: marks as u32 }, text.span));
        }
    }
    if let Some(subject) = subject
        && let Some(word) = list.find("subject", &self::plain(subject))
    {
        tell(Diagnostic::new(DebtInSubject { word: word.to_owned() }, subject.span));
    }
    if template.channel.is == Channel::Sms {
        let (letters, is_gsm) = sms_letters(text, lang);
        let (one, many) = if is_gsm { GSM } else { UCS2 };
        let parts = if letters <= one { 1 } else { letters.div_ceil(many) };
        if parts > PARTS_MAX {
            tell(Diagnostic::new(SmsInManyParts { parts: parts as u32, is_gsm }, text.span));
        }
    }
}

/// The words of a text without its variables.
fn plain(text: &Text) -> String {
    let words: Vec<&str> = pieces(&text.is)
        .into_iter()
        .filter_map(|piece| match piece {
            RawPiece::Text(text) => Some(text),
            RawPiece::Variable { .. } => None,
        })
        .collect();
    words.join(" ")
}

/// WhatsApp takes lower-case letters, digits and `_` in a template's name.
fn approved_name(name: &Text, findings: &mut Vec<Diagnostic>) {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is.is_empty() && name.is.chars().all(fits) && name.is.len() <= 512 {
        return;
    }
    let plain: String = fold(&name.is).chars().map(|c| if fits(c) { c } else { '_' }).collect();
    let finding = Diagnostic::new(TemplateNameNotAccepted { name: name.is.clone() }, name.span);
    findings.push(finding.guess(name.span, format!("\"{plain}\"")));
}

/// Two words in capitals one after another, save the word that stops the messages.
fn shouted(text: &str, lang: Lang) -> Option<String> {
    let is_loud = |word: &str| {
        let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
        letters.len() >= 3
            && letters.iter().all(|c| c.is_uppercase())
            && words(lang).find("stop", word).is_none()
    };
    let all: Vec<&str> = text.split_whitespace().collect();
    let pair = all.windows(2).find(|pair| pair.iter().all(|word| is_loud(word)));
    pair.map(|pair| pair.join(" "))
}

/// About how long the SMS will be, and whether its letters are those of the short alphabet.
fn sms_letters(text: &Text, lang: Lang) -> (usize, bool) {
    let (mut letters, mut is_gsm) = (0, true);
    for piece in pieces(&text.is) {
        match piece {
            RawPiece::Text(text) => {
                letters += text.chars().count();
                is_gsm &= text.chars().all(|c| c.is_ascii() || "ñÑüÜ¿¡àèéùìòÇäöåÄÖÅ£¥".contains(c));
            }
            RawPiece::Variable { name, .. } => {
                letters += match find(name, lang) {
                    Some(Fact::PayLink) => 30,
                    Some(Fact::Company) => 18,
                    _ => 12,
                };
            }
        }
    }
    (letters, is_gsm)
}
