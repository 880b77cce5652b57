//! Templates: their variables are facts, and they fit their channel.
//!
//! Limits of WhatsApp: body of a template 1,024 characters, 3 reply buttons, 20 characters on a button (its
//! Cloud API, interactive and template messages). An SMS of ours takes 459 characters: three parts of 153.

use crate::ast::{File, Item, Template, TemplateClause, Text};
use crate::diagnostic::Diagnostic;
use crate::problems::{
    DuplicateName, MissingSubject, TemplateWithoutText, TextTooLong, TooManyButtons, TooManyDocuments,
    UnknownVariable, UnusedTemplate,
};
use crate::program::Document;
use crate::resolve::{Names, Scope, buttons_of};
use crate::source::Span;
use crate::values::Channel;
use crate::vocabulary;
use std::collections::{BTreeMap, BTreeSet};

const BUTTONS_MAX: usize = 3;
const BUTTON_LETTERS_MAX: usize = 20;

fn letters_max(channel: Channel) -> usize {
    match channel {
        Channel::Whatsapp => 1024,
        Channel::Sms => 459,
        Channel::Email => 100_000,
        Channel::Call => 2000,
    }
}

pub(super) fn check(file: &File, names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let scopes: Vec<Scope<'_>> =
        names.strategies.iter().map(|strategy| Scope::of(strategy, &mut Vec::new())).collect();
    let sent: Vec<BTreeSet<&str>> = scopes.iter().map(Scope::sent).collect();
    sent.iter().for_each(|sent: &BTreeSet<&str>| used.extend(sent.iter().copied()));
    for item in &file.items {
        let Item::Template(template) = item else { continue };
        // A field is known when every strategy that sends the message has it.
        let senders = scopes.iter().zip(&sent).filter(|(_, sent)| sent.contains(template.name.text.as_str()));
        let senders: Vec<&Scope<'_>> = senders.map(|(scope, _)| scope).collect();
        one(template, names, &senders, findings);
        // A file that is imported may have more messages than this one sends.
        let is_own = template.span.start < file.own_end;
        if is_own && !used.contains(template.name.text.as_str()) && !names.strategies.is_empty() {
            let problem = UnusedTemplate { name: template.name.text.clone() };
            findings.push(Diagnostic::new(problem, template.name.span));
        }
    }
}

fn one(template: &Template, names: &Names<'_>, senders: &[&Scope<'_>], findings: &mut Vec<Diagnostic>) {
    let (mut has_text, mut has_subject) = (false, false);
    let mut documents = 0_usize;
    let mut buttons: BTreeMap<&str, Span> = BTreeMap::new();
    for clause in &template.clauses {
        match &clause.is {
            TemplateClause::Text(text) => {
                has_text = true;
                variables(text, names, senders, findings);
                too_long(text, letters_max(template.channel.is), findings);
            }
            TemplateClause::Subject(text) => {
                has_subject = true;
                variables(text, names, senders, findings);
            }
            TemplateClause::Button(name, label) => {
                too_long(label, BUTTON_LETTERS_MAX, findings);
                if let Some(first) = buttons.get(name.text.as_str()) {
                    let finding = Diagnostic::new(DuplicateName { name: name.text.clone() }, name.span);
                    findings.push(finding.also(*first, "primera vez", "first time"));
                }
                buttons.insert(&name.text, name.span);
            }
            TemplateClause::Attach(document) => {
                let takes = match template.channel.is {
                    Channel::Email => usize::MAX,
                    Channel::Whatsapp if document.is == Document::Invoices => 0,
                    Channel::Whatsapp => 1,
                    Channel::Sms | Channel::Call => 0,
                };
                documents += 1;
                if documents > takes {
                    let one = template.channel.is == Channel::Whatsapp;
                    findings.push(Diagnostic::new(TooManyDocuments { one }, document.span));
                }
            }
            _ => {}
        }
    }
    if template.channel.is == Channel::Whatsapp
        && let Some(extra) = buttons_of(template).nth(BUTTONS_MAX)
    {
        findings.push(Diagnostic::new(TooManyButtons { most: BUTTONS_MAX as u32 }, extra.span));
    }
    if !has_text {
        let problem = TemplateWithoutText { name: template.name.text.clone() };
        findings.push(Diagnostic::new(problem, template.name.span));
    }
    if template.channel.is == Channel::Email && !has_subject {
        let problem = MissingSubject { name: template.name.text.clone() };
        findings.push(Diagnostic::new(problem, template.name.span));
    }
}

fn too_long(text: &Text, most: usize, findings: &mut Vec<Diagnostic>) {
    let length = text.is.chars().count();
    if length > most {
        findings.push(Diagnostic::new(TextTooLong { length: length as u32, most: most as u32 }, text.span));
    }
}

fn variables(text: &Text, names: &Names<'_>, senders: &[&Scope<'_>], findings: &mut Vec<Diagnostic>) {
    for piece in pieces(&text.is) {
        let RawPiece::Variable { name, at } = piece else { continue };
        let is_field = !senders.is_empty() && senders.iter().all(|scope| scope.fields.contains_key(name));
        if is_field || vocabulary::find(name, names.lang).is_some() {
            continue;
        }
        // The span is exact as long as no escape stands before the variable; else it is the whole text.
        let start = text.span.start as usize + 1 + at;
        let span = if text.is.contains(['\n', '"', '\\']) {
            text.span
        } else {
            Span::new(start, start + name.len())
        };
        let fields = senders.iter().flat_map(|scope| scope.fields.keys().copied());
        let nearest =
            vocabulary::nearest(name, names.lang).or_else(|| crate::keywords::nearest(name, fields));
        let problem = UnknownVariable { name: name.to_owned(), nearest: nearest.clone() };
        let finding = Diagnostic::new(problem, span);
        let is_translation = vocabulary::is_of_other_language(name, names.lang);
        findings.push(match nearest {
            _ if span == text.span => finding,
            Some(right) if is_translation => finding.fix(span, right),
            nearest => finding.nearest(nearest.as_ref()),
        });
    }
}

/// A piece of a message's text as written.
pub(crate) enum RawPiece<'a> {
    Text(&'a str),
    Variable {
        name: &'a str,
        /// Byte of the name within the text.
        at: usize,
    },
}

/// The pieces of a message's text: `{{name}}` between plain text. An unclosed `{{` is plain text.
pub(crate) fn pieces(text: &str) -> Vec<RawPiece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    while let Some((before, inner)) = text.get(done..).and_then(|rest| rest.split_once("{{")) {
        let Some((variable, _)) = inner.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(RawPiece::Text(before));
        }
        let name = variable.trim();
        let at = done + before.len() + 2 + (variable.len() - variable.trim_start().len());
        pieces.push(RawPiece::Variable { name, at });
        done += before.len() + 2 + variable.len() + 2;
    }
    if let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
        pieces.push(RawPiece::Text(rest));
    }
    pieces
}
