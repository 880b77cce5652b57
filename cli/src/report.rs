//! Reports: one self-contained HTML file, in Spanish or English, for the screen and for paper.
//!
//! In: what was measured. Out: the text of a page that fetches nothing, runs nothing and links to nowhere but itself: its
//! own content-security policy forbids the rest. Absent: figures of its own; it shows those of `engine::measure`.

pub(crate) mod html;
pub(crate) mod chart;
pub(crate) mod definitions;
pub(crate) mod simulate;
pub(crate) mod compare;

use cobro_dsl::values::Lang;
use definitions::Definition;
use html::Html;

const STYLE: &str = include_str!("report/style.css");

/// A page under way: it knows its language and which definitions it has promised.
pub(crate) struct Page {
    pub(crate) html: Html,
    pub(crate) lang: Lang,
}

impl Page {
    /// Begins a page with its title, a line under it and its sections: id and heading.
    pub(crate) fn begin(lang: Lang, title: &str, under: &[String], sections: &[(&str, &str)]) -> Page {
        let mut html = Html::default();
        html.drawing("<!doctype html>\n");
        html.open("html", &[("lang", lang.code())]);
        html.open("head", &[]);
        html.open("meta", &[("charset", "utf-8")]);
        html.open("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        html.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", policy)]);
        html.open("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        html.leaf("title", &[], title);
        html.open("link", &[("rel", "icon"), ("href", "data:,")]);
        html.open("style", &[]);
        html.drawing(STYLE);
        html.close("style");
        html.close("head");
        html.open("body", &[]);
        html.leaf(
            "a",
            &[("class", "skip"), ("href", "#main")],
            lang.pick("Ir al contenido", "Skip to the content"),
        );
        html.open("header", &[]);
        html.leaf("h1", &[], title);
        for line in under {
            html.leaf("p", &[("class", "soft")], line);
        }
        html.open("nav", &[("aria-label", lang.pick("Secciones", "Sections"))]);
        html.open("ul", &[]);
        for (id, heading) in sections {
            html.open("li", &[]);
            html.leaf("a", &[("href", &format!("#{id}"))], heading);
            html.close("li");
        }
        html.close("ul");
        html.close("nav");
        html.close("header");
        html.open("main", &[("id", "main")]);
        Page { html, lang }
    }

    /// A section's heading, with a link to what its figures mean.
    pub(crate) fn section(&mut self, id: &str, heading: &str, what: &[Definition]) {
        self.html.open("h2", &[("id", id)]);
        self.html.text(heading);
        self.html.close("h2");
        self.meaning(what);
    }

    /// Links to definitions.
    pub(crate) fn meaning(&mut self, what: &[Definition]) {
        if what.is_empty() {
            return;
        }
        self.html.open("p", &[("class", "soft")]);
        self.html.text(self.lang.pick("Qué significa: ", "What it means: "));
        for (at, one) in what.iter().enumerate() {
            if at > 0 {
                self.html.text(", ");
            }
            let there = format!("#def-{}", one.id());
            self.html.leaf("a", &[("class", "what"), ("href", &there)], one.name(self.lang));
        }
        self.html.close("p");
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.html.leaf("p", &[], text);
    }

    /// The headline figures: name, value, a line more, and what it means.
    pub(crate) fn figures(&mut self, figures: &[(Definition, String, String)]) {
        self.html.open("dl", &[("class", "figures")]);
        for (what, value, more) in figures {
            self.html.open("div", &[]);
            self.html.open("dt", &[]);
            let there = format!("#def-{}", what.id());
            self.html.leaf("a", &[("href", &there)], what.name(self.lang));
            self.html.close("dt");
            self.html.leaf("dd", &[("class", "value")], value);
            self.html.leaf("dd", &[("class", "more")], more);
            self.html.close("div");
        }
        self.html.close("dl");
    }

    /// A chart with its caption, its legend and, behind it, its figures as a table.
    pub(crate) fn chart(&mut self, caption: &str, legend: &[(&str, &str)], svg: &str, table: Table<'_>) {
        self.html.open("figure", &[]);
        self.html.leaf("figcaption", &[], caption);
        if !legend.is_empty() {
            self.html.open("ul", &[("class", "legend")]);
            for (class, name) in legend {
                self.html.open("li", &[]);
                self.html.leaf("span", &[("class", class), ("aria-hidden", "true")], "");
                self.html.text(name);
                self.html.close("li");
            }
            self.html.close("ul");
        }
        self.html.drawing(svg);
        self.html.close("figure");
        self.html.open("details", &[]);
        self.html.leaf("summary", &[], self.lang.pick("Las cifras en una tabla", "The figures as a table"));
        self.html.table(caption, table.head, &table.rows);
        self.html.close("details");
    }

    /// Ends the page with every definition.
    pub(crate) fn finish(mut self) -> String {
        self.section("definitions", self.lang.pick("Definiciones", "Definitions"), &[]);
        self.html.open("dl", &[("class", "words")]);
        for one in Definition::ALL {
            self.html.leaf("dt", &[("id", &format!("def-{}", one.id()))], one.name(self.lang));
            self.html.leaf("dd", &[], one.text(self.lang));
        }
        self.html.close("dl");
        self.html.close("main");
        self.html.open("footer", &[]);
        self.html.leaf("p", &[], self.lang.pick(
            "Hecho con cobro. Es un ensayo con supuestos sobre la conducta de los deudores, no un pronóstico. Este archivo no carga nada de fuera.",
            "Made with cobro. A dry-run under assumptions about how debtors act, not a forecast. This file loads nothing from outside.",
        ));
        self.html.close("footer");
        self.html.close("body");
        self.html.close("html");
        self.html.finished()
    }
}

/// The figures behind a chart.
pub(crate) struct Table<'a> {
    pub(crate) head: &'a [&'a str],
    pub(crate) rows: Vec<Vec<String>>,
}

/// A large amount in few letters: 1.2 M, 340 k. Amounts are minor units.
pub(crate) fn short(minor: f64, minor_per_unit: i64) -> String {
    let value = minor / minor_per_unit as f64;
    let size = value.abs();
    let told = |value: f64, unit: &str| {
        let digits = usize::from(value.abs() < 10.0 && (value * 10.0).round() % 10.0 != 0.0);
        format!("{value:.digits$}{unit}")
    };
    match size {
        s if s >= 1e9 => told(value / 1e9, " G"),
        s if s >= 1e6 => told(value / 1e6, " M"),
        s if s >= 1e4 => told(value / 1e3, " k"),
        _ => told(value, ""),
    }
}
