//! Layouts: which column of this file gives which field?
//!
//! In: a header and a mapping. Out: fields bound to places in a record, or the columns that are missing.

use crate::portfolio::field::{Field, fold, nearest};
use crate::portfolio::mapping::{DayFrom, Mapping, Source, Taking, Verdict};
use crate::portfolio::problem::{Fault, Problem};
use crate::portfolio::template::{Part, Template};
use cobro_dsl::values::Type;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The fields of a file, bound to places.
pub(super) struct Layout {
    /// Values that a record must have.
    pub width: usize,
    fields: Vec<Option<Bound>>,
    /// Fields of the creditor's own.
    pub own: Vec<Own>,
    /// Payments in columns of their own.
    pub payments: Vec<BoundDated>,
    /// Statements in columns of their own.
    pub statements: Vec<BoundDated>,
    rules: Vec<(Verdict, usize, Vec<String>)>,
}

/// A field of the creditor's own, bound to its origin.
pub(super) struct Own {
    /// Its name, as strategies declare it.
    pub name: String,
    /// Its type.
    pub kind: Type,
    pub bound: Bound,
}

/// A field bound to its origin.
pub(super) struct Bound {
    origin: Origin,
    default: Option<String>,
    /// An amount below zero counts as zero.
    pub negative_is_zero: bool,
    /// Put before telephones without `+`.
    pub country_code: Option<String>,
    /// What a problem calls it.
    pub label: String,
}

enum Origin {
    Column(usize),
    Constant(String),
    Template(Template<usize>),
    Map { column: usize, table: BTreeMap<String, String>, others: Option<String> },
}

/// An amount and its day, bound to places.
pub(super) struct BoundDated {
    /// Place of the amount.
    pub amount: usize,
    /// What a problem calls it.
    pub label: String,
    /// Its day.
    pub on: DayFrom<usize>,
    /// What a problem calls the day.
    pub on_label: String,
}

/// Who wrote a value, and so in which notation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// The file: its own dates and figures.
    File,
    /// The mapping: canonical dates and figures.
    Canonical,
}

impl Layout {
    /// Binds a mapping to a header; every missing column is named at once.
    pub(super) fn bind(header: &[Cow<'_, str>], mapping: &Mapping) -> Result<Layout, Vec<Problem>> {
        let mut binding = Binding { header, problems: Vec::new() };
        let mut fields = Vec::new();
        for field in Field::all() {
            let bound = match mapping.fields.get(&field) {
                Some(source) => binding.source(field, source),
                // A mapping that names fields names all it wants: nothing is picked up behind its back.
                None if mapping.fields.is_empty() => binding.by_header(field),
                None => {
                    if field.is_required() {
                        binding.missing(Some(field), field.name());
                    }
                    None
                }
            };
            fields.push(bound);
        }
        let own = match mapping.fields.is_empty() && mapping.own.is_empty() {
            true => binding.own_by_header(),
            false => binding.own(&mapping.own),
        };
        let payments = binding.dated(&mapping.payments, Field::Payments);
        let statements = binding.dated(&mapping.statements, Field::Statements);
        let mut rules = Vec::new();
        for rule in &mapping.rules {
            if let Some(place) = binding.place(None, &rule.column) {
                rules.push((rule.verdict, place, rule.values.clone()));
            }
        }
        let width = header.len() - header.iter().rev().take_while(|name| name.trim().is_empty()).count();
        match binding.problems.is_empty() {
            true => Ok(Layout { width, fields, own, payments, statements, rules }),
            false => Err(binding.problems),
        }
    }

    /// The binding of a field.
    pub(super) fn field(&self, field: Field) -> Option<&Bound> {
        self.fields.get(field as usize).and_then(Option::as_ref)
    }

    /// Do the mapping's rules leave this record out?
    pub(super) fn skips(&self, values: &[Cow<'_, str>]) -> bool {
        self.rules.iter().any(|(verdict, place, listed)| {
            let value = value_at(values, *place);
            let is_met = listed.iter().any(|one| one == value);
            is_met == (*verdict == Verdict::Skip)
        })
    }
}

impl Bound {
    /// The value of the field in a record, with its notation; empty when there is none.
    pub(super) fn value<'a>(&'a self, values: &'a [Cow<'_, str>]) -> Result<(Cow<'a, str>, Notation), Fault> {
        let (value, notation) = match &self.origin {
            Origin::Column(place) => (Cow::Borrowed(value_at(values, *place)), Notation::File),
            Origin::Constant(value) => (Cow::Borrowed(value.as_str()), Notation::Canonical),
            Origin::Template(template) => {
                (Cow::Owned(template.fill(|place| value_at(values, place))), Notation::Canonical)
            }
            Origin::Map { column, table, others } => {
                let found = value_at(values, *column);
                match table.get(found).or(others.as_ref()) {
                    Some(meant) => (Cow::Borrowed(meant.as_str()), Notation::Canonical),
                    None if found.is_empty() => (Cow::Borrowed(""), Notation::Canonical),
                    None => return Err(Fault::NotInMap),
                }
            }
        };
        match &self.default {
            Some(default) if value.is_empty() => Ok((Cow::Borrowed(default.as_str()), Notation::Canonical)),
            _ => Ok((value, notation)),
        }
    }

    /// What stands in the file where a map found nothing.
    pub(super) fn found<'a>(&self, values: &'a [Cow<'_, str>]) -> &'a str {
        match &self.origin {
            Origin::Map { column, .. } | Origin::Column(column) => value_at(values, *column),
            Origin::Constant(_) | Origin::Template(_) => "",
        }
    }
}

/// A value of a record, without the spaces around it.
pub(super) fn value_at<'a>(values: &'a [Cow<'_, str>], place: usize) -> &'a str {
    values.get(place).map_or("", |value| value.trim())
}

/// A type as headers and mappings name it, in English or Spanish.
pub(super) fn kind_of(word: &str) -> Option<Type> {
    Some(match fold(word).as_str() {
        "amount" | "money" | "monto" | "importe" => Type::Money,
        "number" | "numero" => Type::Number,
        "percentage" | "percent" | "porcentaje" => Type::Percent,
        "date" | "fecha" => Type::Date,
        "text" | "texto" => Type::Text,
        "yesorno" | "yesno" | "siono" | "sino" => Type::Truth,
        _ => return None,
    })
}

/// The word by which a type is written.
pub(super) fn kind_word(kind: Type) -> &'static str {
    match kind {
        Type::Money => "amount",
        Type::Number => "number",
        Type::Percent => "percentage",
        Type::Date => "date",
        Type::Text => "text",
        Type::Truth => "yes_or_no",
    }
}

struct Binding<'a> {
    header: &'a [Cow<'a, str>],
    problems: Vec<Problem>,
}

impl Binding<'_> {
    fn source(&mut self, field: Field, source: &Source) -> Option<Bound> {
        self.bound(Some(field), field.name(), source)
    }

    fn own(&mut self, sources: &BTreeMap<String, (Type, Source)>) -> Vec<Own> {
        let mut own = Vec::new();
        for (name, (kind, source)) in sources {
            let bound = self.bound(None, name, source);
            own.extend(bound.map(|bound| Own { name: name.clone(), kind: *kind, bound }));
        }
        own
    }

    /// Columns that are called `field.NAME` or `field.NAME.TYPE`; text where no type is named.
    fn own_by_header(&mut self) -> Vec<Own> {
        let mut own: Vec<Own> = Vec::new();
        for (place, header) in self.header.iter().enumerate() {
            let header = header.trim();
            let Some(rest) = header.strip_prefix("field.").or_else(|| header.strip_prefix("campo.")) else {
                continue;
            };
            let (name, kind) = rest.split_once('.').unwrap_or((rest, "text"));
            let Some(kind) = kind_of(kind) else {
                let fault = Fault::FieldType { kind: kind.to_owned() };
                self.problems.push(Problem { column: Some(header.to_owned()), ..Problem::of_file(fault) });
                continue;
            };
            if name.is_empty() {
                continue;
            }
            if let Some(other) = own.iter().find(|other| other.name == name) {
                let one = other.bound.label.clone();
                let other = header.to_owned();
                self.problems.push(Problem::of_file(Fault::DuplicateColumn { one, other }));
                continue;
            }
            let bound = Bound {
                origin: Origin::Column(place),
                default: None,
                negative_is_zero: false,
                country_code: None,
                label: header.to_owned(),
            };
            own.push(Own { name: name.to_owned(), kind, bound });
        }
        own
    }

    fn bound(&mut self, field: Option<Field>, name: &str, source: &Source) -> Option<Bound> {
        let (origin, label) = match &source.taking {
            Taking::Column(column) => (Origin::Column(self.place(field, column)?), column.clone()),
            Taking::Constant(value) => (Origin::Constant(value.clone()), name.to_owned()),
            Taking::Template(template) => {
                let mut parts = Vec::new();
                for part in &template.parts {
                    parts.push(match part {
                        Part::Text(text) => Part::Text(text.clone()),
                        Part::Column { column, width } => {
                            Part::Column { column: self.place(field, column)?, width: *width }
                        }
                    });
                }
                (Origin::Template(Template { parts }), name.to_owned())
            }
            Taking::Map { column, table, others } => {
                let place = self.place(field, column)?;
                (Origin::Map { column: place, table: table.clone(), others: others.clone() }, column.clone())
            }
        };
        Some(Bound {
            origin,
            default: source.default.clone(),
            negative_is_zero: source.negative_is_zero,
            country_code: source.country_code.clone(),
            label,
        })
    }

    /// The column whose header we understand as this field. The canonical name wins over the others.
    fn by_header(&mut self, field: Field) -> Option<Bound> {
        let called = |canonical_only: bool| {
            self.header.iter().enumerate().filter(move |(_, header)| match canonical_only {
                true => header.trim() == field.name(),
                false => field.is_called(header),
            })
        };
        let canonical: Vec<_> = called(true).collect();
        let places = if canonical.is_empty() { called(false).collect() } else { canonical };
        match places.as_slice() {
            [] if field.is_required() => {
                self.missing(Some(field), field.name());
                None
            }
            [] => None,
            [(place, header)] => Some(Bound {
                origin: Origin::Column(*place),
                default: None,
                negative_is_zero: false,
                country_code: None,
                label: header.trim().to_owned(),
            }),
            [(_, one), (_, other), ..] => {
                self.problems.push(Problem::of_file(Fault::DuplicateColumn {
                    one: one.trim().to_owned(),
                    other: other.trim().to_owned(),
                }));
                None
            }
        }
    }

    /// The place of a column by its header: as written, or else up to case, accents and spaces.
    fn place(&mut self, field: Option<Field>, column: &str) -> Option<usize> {
        let exact: Vec<usize> = self.places(|header| header.trim() == column.trim());
        let places = match exact.is_empty() {
            true => self.places(|header| fold(header) == fold(column)),
            false => exact,
        };
        match places.as_slice() {
            [] => {
                self.missing(field, column);
                None
            }
            [place] => Some(*place),
            [_, _, ..] => {
                let name = column.to_owned();
                self.problems
                    .push(Problem::of_file(Fault::DuplicateColumn { one: name.clone(), other: name }));
                None
            }
        }
    }

    fn places(&self, is_it: impl Fn(&str) -> bool) -> Vec<usize> {
        self.header.iter().enumerate().filter(|(_, header)| is_it(header)).map(|(place, _)| place).collect()
    }

    fn missing(&mut self, field: Option<Field>, column: &str) {
        let headers = || self.header.iter().map(|header| header.trim());
        let by_synonym = || {
            let mut known = field.into_iter().flat_map(Field::headers);
            known.find_map(|known| nearest(&known, headers()))
        };
        let problem = Problem::of_file(Fault::MissingColumn {
            field: field.map(Field::name),
            column: column.to_owned(),
            nearest: nearest(column, headers()).or_else(by_synonym).map(str::to_owned),
        });
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn dated(&mut self, columns: &[crate::portfolio::mapping::DatedColumn], field: Field) -> Vec<BoundDated> {
        let mut bound = Vec::new();
        for column in columns {
            let (on, on_label) = match &column.on {
                DayFrom::Column(name) => match self.place(Some(field), name) {
                    Some(place) => (DayFrom::Column(place), name.clone()),
                    None => continue,
                },
                DayFrom::Constant(day) => (DayFrom::Constant(*day), column.amount.clone()),
                DayFrom::Spread { first, days } => {
                    (DayFrom::Spread { first: *first, days: *days }, column.amount.clone())
                }
            };
            if let Some(amount) = self.place(Some(field), &column.amount) {
                bound.push(BoundDated { amount, label: column.amount.clone(), on, on_label });
            }
        }
        bound
    }
}
