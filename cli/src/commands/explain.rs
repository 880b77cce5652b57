//! `cobro explain`: the page of a finding's code, from within the binary.

use crate::args::lang;
use crate::output;
use anyhow::bail;
use clap::Args;
use cobro_dsl::problems;
use cobro_dsl::values::Lang;
use std::process::ExitCode;

/// Explains the code of a finding: what it means, why it matters, a wrong and a right example.
///
/// Example: cobro explain C0105 --lang es
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The code, `C0105`, or the name, `ambiguous-number`; without one all are listed
    code: Option<String>,
    /// Language of the explanation: es, en; without it both
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let Some(written) = &args.code else {
        let lines: Vec<String> = problems::ALL
            .iter()
            .map(|(code, name)| format!("{code}  {name:<28} {}", first_sentence(code, args.lang)))
            .collect();
        output::answer(&lines.join("\n"));
        return Ok(ExitCode::SUCCESS);
    };
    let known = problems::ALL
        .iter()
        .find(|(code, name)| code.eq_ignore_ascii_case(written) || name.eq_ignore_ascii_case(written));
    match known.and_then(|(code, _)| problems::page(code)) {
        Some(page) => output::answer(&in_language(page, args.lang)),
        None => bail!("{}", unknown(written, args.lang)),
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(written: &str, lang: Option<Lang>) -> String {
    let names = problems::ALL.iter().flat_map(|(code, name)| [*code, *name]);
    let nearest = cobro_dsl::keywords::nearest(&written.to_uppercase(), names.clone())
        .or_else(|| cobro_dsl::keywords::nearest(written, names));
    let one = |lang: Lang| {
        let none = lang.pick("no existe el código", "there is no code");
        let meant = nearest.as_ref().map_or_else(String::new, |name| {
            lang.pick(format!("; ¿quiso decir `{name}`?"), format!("; did you mean `{name}`?"))
        });
        let list = lang.pick("`cobro explain` los lista", "`cobro explain` lists them");
        format!("{none} `{written}`{meant}; {list}")
    };
    lang.map_or_else(|| format!("{} / {}", one(Lang::Es), one(Lang::En)), one)
}

/// The page without the paragraphs of the other language: Spanish stands first, then English, one for one.
fn in_language(page: &str, lang: Option<Lang>) -> String {
    let Some(lang) = lang else { return page.to_owned() };
    let (head, examples) = page.split_once("\nMal · Wrong:").unwrap_or((page, ""));
    let mut paragraphs = head.trim_end().split("\n\n");
    let title = paragraphs.next().unwrap_or("");
    let paragraphs: Vec<&str> = paragraphs.collect();
    let (es, en) = paragraphs.split_at(paragraphs.len() / 2);
    let told = lang.pick(es, en).join("\n\n");
    let (wrong, right) = (lang.pick("Mal", "Wrong"), lang.pick("Bien", "Right"));
    format!("{title}\n\n{told}\n\n{wrong}:{}", examples.replace("Bien · Right:", &format!("{right}:")))
}

fn first_sentence(code: &str, lang: Option<Lang>) -> String {
    let page = in_language(problems::page(code).unwrap_or(""), Some(lang.unwrap_or(Lang::Es)));
    let text = page.split("\n\n").nth(1).unwrap_or("");
    let sentence = text.split(". ").next().unwrap_or("").trim_end_matches('.');
    sentence.chars().take(90).collect()
}
