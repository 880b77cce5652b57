//! Templates.

use super::Kind;
use super::cursor::Cursor;
use super::items::{begins_item, begins_step, channel};
use super::statements::text_or_parameter;
use crate::ast::{At, Template, TemplateClause};
use crate::keywords::Keyword as K;
use crate::program::Document;
use crate::values::Purpose;

const CLAUSES: [K; 8] =
    [K::ApprovedAs, K::Language, K::Category, K::Purpose, K::Subject, K::Text, K::Attach, K::Button];

pub(super) const PURPOSES: [(K, Purpose); 5] = [
    (K::Reminder, Purpose::Reminder),
    (K::Receipt, Purpose::Receipt),
    (K::Information, Purpose::Information),
    (K::Offer, Purpose::Offer),
    (K::Notice, Purpose::Notice),
];

pub(crate) const DOCUMENTS: [(K, Document); 3] =
    [(K::Invoices, Document::Invoices), (K::Invoice, Document::Invoice), (K::Statement, Document::Statement)];

pub(super) fn template(c: &mut Cursor<'_>, start: u32) -> Option<Template> {
    let head = head(c);
    let Some((name, channel)) = head else {
        c.recover();
        return None;
    };
    let open = c.open_body()?;
    let mut clauses = Vec::new();
    while !c.is_at_end() && c.peek().kind != Kind::Close && !begins_item(c) && !begins_step(c) {
        let start = c.peek().span.start;
        match clause(c) {
            Some(is) => clauses.push(At { is, span: c.since(start) }),
            None => c.recover(),
        }
    }
    c.close(open, &name.text);
    Some(Template { name, channel, clauses, span: c.since(start) })
}

fn head(c: &mut Cursor<'_>) -> Option<(crate::ast::Name, At<crate::values::Channel>)> {
    let name = c.name("el nombre de la plantilla", "the template's name")?;
    if c.sees(K::For) == 0 && c.which(&super::items::CHANNELS).is_some() {
        c.missing_word(K::For);
    } else if !c.want(K::For, "`para` y un canal", "`for` and a channel") {
        return None;
    }
    Some((name, channel(c)?))
}

fn clause(c: &mut Cursor<'_>) -> Option<TemplateClause> {
    let keyword = c.choose(
        "texto, botón, finalidad, asunto, adjuntar, aprobada como, idioma o categoría",
        "text, button, purpose, subject, attach, approved as, language or category",
        &CLAUSES.map(|keyword| (keyword, keyword)),
    )?;
    match keyword {
        K::ApprovedAs => c
            .text("el nombre aprobado entre comillas", "the approved name in quotes")
            .map(TemplateClause::ApprovedAs),
        K::Language => c
            .name("el idioma, por ejemplo es_PE", "the language, for example es_PE")
            .map(TemplateClause::Language),
        K::Category => c.name("la categoría", "the category").map(TemplateClause::Category),
        K::Purpose => c
            .choose(
                "recordatorio, constancia, información, oferta o aviso legal",
                "reminder, receipt, information, offer or notice",
                &PURPOSES,
            )
            .map(TemplateClause::Purpose),
        K::Subject => text_or_parameter(c, "el asunto entre comillas", "the subject in quotes")
            .map(TemplateClause::Subject),
        K::Attach => {
            let start = c.peek().span.start;
            let is = c.choose(
                "factura, facturas o estado de cuenta",
                "invoice, invoices or statement",
                &DOCUMENTS,
            )?;
            Some(TemplateClause::Attach(At { is, span: c.since(start) }))
        }
        K::Text => {
            text_or_parameter(c, "el texto entre comillas", "the text in quotes").map(TemplateClause::Text)
        }
        _ => {
            let name = c.name("el nombre del botón", "the button's name")?;
            let label = c.text("el rótulo del botón entre comillas", "the button's label in quotes")?;
            Some(TemplateClause::Button(name, label))
        }
    }
}
