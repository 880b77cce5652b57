//! The words of a message, with the account's facts filled in.

use crate::facts::{Facts, Seen};
use crate::gate::Rule;
use cobro_dsl::program::{Form, Piece};
use cobro_dsl::values::Lang;

/// Is every fact known that the message states? A message with a gap is not sent.
pub(super) fn is_complete(form: &Form, facts: &Facts<'_>) -> Result<(), Rule> {
    for piece in form.subject.iter().chain(&form.text) {
        if let Piece::Field(name, at_first) = piece
            && facts.account.field(name).or(at_first.as_ref()).is_none()
        {
            return Err(Rule::MissingFact { fact: name.clone() });
        }
        if let Piece::Fact(fact) = piece
            && fact.row().may_be_missing
            && facts.value(*fact).is_none()
        {
            return Err(Rule::MissingFact { fact: fact.name(Lang::En).to_owned() });
        }
    }
    Ok(())
}

/// Subject and text of a message of a form.
pub(super) fn written(form: &Form, facts: &Facts<'_>) -> (String, String) {
    (render(&form.subject, facts), render(&form.text, facts))
}

/// The words of a message.
fn render(pieces: &[Piece], facts: &Facts<'_>) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Fact(fact) => {
                if let Some(value) = facts.value(*fact) {
                    out.push_str(&value.said());
                }
            }
            Piece::Field(name, at_first) => {
                if let Some(value) = facts.account.field(name).or(at_first.as_ref()) {
                    out.push_str(&Seen::from(value).said());
                }
            }
        }
    }
    out
}
