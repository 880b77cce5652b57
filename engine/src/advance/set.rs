//! `set`, `tag` and `untag`: what a strategy itself writes down about an account.

use super::{Next, Walk};
use crate::expr;
use crate::facts::{Facts, Seen};
use crate::record::{Entry, Recorder};
use cobro_dsl::program::expr::ExprId;
use cobro_dsl::program::{NameId, OpId};

impl<R: Recorder> Walk<'_, R> {
    /// An unknown value makes the field unknown: keeping the old one would state what nobody said.
    pub(super) fn set(&mut self, at: OpId, field: NameId, value: ExprId, next: OpId) -> Next {
        let program = self.context.program;
        let Some(account) = self.account() else { return Next::Rest };
        let facts = Facts { customer: self.customer, account, today: self.today };
        let value = expr::value(&program.exprs, value, &facts).map(Seen::owned);
        self.record(|| Entry::Set {
            field: field.0,
            value: value.as_ref().map(|value| Seen::from(value).kept()),
            op: at.0,
        });
        if let Some(account) = self.account_mut() {
            account.set_field(program.name(field), value);
        }
        Next::Op(next)
    }

    pub(super) fn tag(&mut self, at: OpId, name: NameId, is_on: bool, next: OpId) -> Next {
        let tag = self.context.program.name(name);
        if let Some(account) = self.account_mut() {
            if is_on {
                account.tags.insert(tag.to_owned());
            } else {
                account.tags.remove(tag);
            }
        }
        self.record(|| Entry::Tagged { tag: name.0, is_on, op: at.0 });
        Next::Op(next)
    }
}
