//! Reports as a reader opens them: in a browser, without network; and what a comparison says.
//!
//! The browser is Debian's chromium. Where there is none the test says so and passes, except with `CI=true`.

use cobro_tests::binary;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const LIMA: [&str; 6] = [
    "--portfolio",
    "portfolios/lima_sample/portfolio.csv",
    "--from",
    "2026-03-02",
    "--behaviour",
    "behaviours/tipica.toml",
];

fn run(args: &[&str]) -> String {
    let output = binary::run(args).expect("cobro runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn simulated(dir: &Path, lang: &str) -> String {
    let file = dir.join(format!("{lang}.html"));
    let out = file.to_str().expect("a path");
    let asked = ["--lang", lang, "--cost", "whatsapp=0.08", "--report", out];
    run(&[&["simulate", "strategies/mora_temprana.cobro"], &LIMA[..], &asked].concat());
    std::fs::read_to_string(&file).expect("the report")
}

fn compared(dir: &Path, lang: &str) -> String {
    let file = dir.join(format!("compare-{lang}.html"));
    let out = file.to_str().expect("a path");
    let two = ["compare", "strategies/mora_temprana.cobro", "strategies/mora_media.cobro"];
    run(&[&two, &LIMA[..], &["--lang", lang, "--report", out]].concat());
    std::fs::read_to_string(&file).expect("the report")
}

/// The parts of a page that could fetch something.
fn fetches(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for sign in [" src=", " href=\"http", "url(", "@import", "<script", "<iframe", "<object", "<img"] {
        found.extend(page.match_indices(sign).map(|(at, _)| &page[at..page.len().min(at + 60)]));
    }
    found.retain(|place| !place.starts_with("url(#"));
    found
}

#[test]
fn a_report_is_one_file_with_every_section_and_definition() {
    let dir = tempfile::tempdir().expect("a folder");
    for lang in ["es", "en"] {
        for page in [simulated(dir.path(), lang), compared(dir.path(), lang)] {
            assert_eq!(fetches(&page), Vec::<&str>::new());
            assert!(page.contains(&format!("<html lang=\"{lang}\">")));
            assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
            // Every link leads somewhere on the page.
            for (at, sign) in page.match_indices("href=\"#") {
                let id = page[at + sign.len()..].split('"').next().expect("a quote");
                assert!(page.contains(&format!("id=\"{id}\"")), "{lang}: #{id} leads nowhere");
            }
            // Behind every chart stand its figures.
            assert_eq!(page.matches("class=\"chart\"").count(), page.matches("</figure>").count());
            assert!(page.matches("<table>").count() >= page.matches("</figure>").count());
        }
    }
    assert_eq!(simulated(dir.path(), "es"), simulated(dir.path(), "es"), "the same run is the same file");
}

#[test]
fn what_strategy_and_portfolio_say_is_escaped() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(cobro_tests::cases::root().join("strategies/mora_temprana.cobro"));
    let text =
        text.expect("the strategy").replace("Mora temprana: aviso", "<script>alert(1)</script> & aviso");
    let strategy = dir.path().join("hostile.cobro");
    std::fs::write(&strategy, text).expect("written");
    let mut portfolio = "account,currency,due_on,amount,segment,phone\n".to_owned();
    for number in 0..40 {
        let (due, amount) = if number == 7 { ("2026-02-25", 9000) } else { ("2026-02-20", 100) };
        portfolio +=
            &format!("<b onclick=x>{number},PEN,{due},{amount},<img src=x onerror=alert(1)>,+51987654321\n");
    }
    let file = dir.path().join("p.csv");
    std::fs::write(&file, portfolio).expect("written");
    let out = dir.path().join("out.html");
    let path = |path: &Path| path.to_str().expect("a path").to_owned();
    let (strategy, file, out_path) = (path(&strategy), path(&file), path(&out));
    run(&[
        "simulate",
        &strategy,
        "--portfolio",
        &file,
        "--from",
        "2026-03-02",
        "--behaviour",
        "behaviours/tipica.toml",
        "--report",
        &out_path,
    ]);
    let page = std::fs::read_to_string(&out).expect("the report");
    for hostile in ["<script", "<img", "<b onclick"] {
        assert!(!page.contains(hostile), "{hostile} got in");
    }
    assert!(page.contains("&lt;img src=x"), "the segment is told");
}

/// The browser, when there is one.
fn chromium() -> Option<&'static str> {
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let found = known.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    if found.is_none() {
        let told = "chromium is not installed, so no report was opened: apt-get install -y chromium";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{told}");
        eprintln!("skipped: {told}");
    }
    found
}

/// Measures a report from a page around it: every chart and how large its parts are on the screen, and how much the
/// lettering stands out from what is behind it.
const AROUND: &str = r#"<!doctype html><meta charset="utf-8"><iframe id="r" src="REPORT" width="1100" height="3000"></iframe>
<pre id="out"></pre><script>
const r = document.getElementById('r');
r.addEventListener('load', () => {
  const d = r.contentDocument;
  const light = c => { const [x, y, z] = c.match(/[\d.]+/g).map(Number).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const paper = light(r.contentWindow.getComputedStyle(d.body).backgroundColor);
  const contrast = c => { const l = light(c); return (Math.max(l, paper) + 0.05) / (Math.min(l, paper) + 0.05); };
  const charts = [...d.querySelectorAll('svg.chart')].map(s => ({
    width: s.getBoundingClientRect().width,
    drawn: [...s.querySelectorAll('path,polyline,polygon,rect,line')].filter(e => { const b = e.getBoundingClientRect(); return b.width + b.height > 1; }).length,
    letters: s.querySelectorAll('text').length,
  }));
  const least = Math.min(...[...d.querySelectorAll('h1,h2,p,a,dt,dd,th,td,summary,figcaption,pre')].map(e => contrast(r.contentWindow.getComputedStyle(e).color)));
  const inChart = Math.min(...[...d.querySelectorAll('svg.chart text')].map(e => contrast(r.contentWindow.getComputedStyle(e).fill)));
  const headings = [...d.querySelectorAll('h1,h2,h3')].map(e => Number(e.tagName[1]));
  document.getElementById('out').textContent = 'MEASURED' + JSON.stringify({ charts, least, inChart, headings, dark: paper < 0.5, wide: d.documentElement.scrollWidth }) + 'END';
});
</script>"#;

#[test]
fn a_browser_opens_reports_without_errors_or_network_and_draws_the_charts() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    for lang in ["es", "en"] {
        simulated(dir.path(), lang);
        compared(dir.path(), lang);
    }
    for (report, charts, is_dark) in
        [("es", 5, false), ("en", 5, true), ("compare-es", 3, true), ("compare-en", 3, false)]
    {
        let around = dir.path().join("around.html");
        std::fs::write(&around, AROUND.replace("REPORT", &format!("{report}.html"))).expect("written");
        let log = dir.path().join(format!("net-{report}.json"));
        let profile = dir.path().join("profile");
        let output = Command::new(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
            .args([
                "--no-first-run",
                "--disable-component-update",
                "--disable-sync",
                "--allow-file-access-from-files",
            ])
            .args(["--enable-logging=stderr", "--v=0", "--virtual-time-budget=10000", "--dump-dom"])
            .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!is_dark)))
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--log-net-log={}", log.display()))
            .arg(format!("file://{}", around.display()))
            .output()
            .expect("the browser runs");
        let told = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<&str> = told.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert_eq!(errors, Vec::<&str>::new(), "{report}");
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        let measured = page.split("MEASURED").nth(1).expect("measured");
        let measured: Value =
            serde_json::from_str(measured.split("END").next().expect("an end")).expect("JSON");
        assert_eq!(measured["dark"], is_dark, "{report}");
        let drawn = measured["charts"].as_array().expect("charts");
        assert_eq!(drawn.len(), charts, "{report}: {measured}");
        for chart in drawn {
            assert!(chart["width"].as_f64() > Some(600.0), "{report}: {chart}");
            assert!(
                chart["drawn"].as_u64() > Some(8) && chart["letters"].as_u64() > Some(6),
                "{report}: {chart}"
            );
        }
        // WCAG 2.1, 1.4.3: lettering stands out by at least 4.5 to 1.
        assert!(measured["least"].as_f64() >= Some(4.5), "{report}: {}", measured["least"]);
        assert!(measured["inChart"].as_f64() >= Some(4.5), "{report}: {}", measured["inChart"]);
        let headings = measured["headings"].as_array().expect("headings");
        assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1, "{report}");
        assert!(measured["wide"].as_u64() <= Some(1100), "{report} is wider than the window");
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        let asked: Vec<&str> = log
            .split("\"url\":\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|url| url.starts_with("http"))
            .filter(|url| !url.contains("google") && !url.contains("gvt1"))
            .collect();
        assert_eq!(asked, Vec::<&str>::new(), "{report} asked the network");
    }
}

fn compare(args: &[&str]) -> Value {
    let told = run(&[&["compare"], args, &LIMA[..], &["--format", "json"]].concat());
    serde_json::from_str(&told).expect("one JSON document")
}

#[test]
fn a_strategy_compared_with_itself_differs_in_nothing() {
    let same = compare(&["strategies/mora_temprana.cobro", "strategies/mora_temprana.cobro"]);
    assert_eq!(same["treated_differently"], 0);
    for measure in ["collected", "messages", "contacts", "tasks"] {
        assert_eq!(same[measure]["difference"], 0.0, "{measure}");
        assert_eq!(same[measure]["significant"], false, "{measure}");
    }
}

#[test]
fn a_comparison_does_not_depend_on_threads_and_turns_around() {
    let pair = ["strategies/mora_temprana.cobro", "strategies/mora_media.cobro"];
    let one = compare(&[&pair[..], &["--threads", "1"]].concat());
    assert_eq!(one, compare(&[&pair[..], &["--threads", "8"]].concat()));
    let back = compare(&[pair[1], pair[0]]);
    let value = |document: &Value| document["collected"]["difference"].as_f64().expect("a figure");
    assert!((value(&one) + value(&back)).abs() < 1e-6);
    assert_eq!(one["messages_added"], back["messages_removed"]);
    assert!(one["treated_differently"].as_u64() > Some(0));
}

#[test]
fn why_nothing_was_sent_is_told_with_the_earliest_moment() {
    let ask = |account: &str, at: &str| {
        let asked = ["--why-not", account, "--at", at, "--lang", "en"];
        run(&[
            &[
                "simulate",
                "strategies/mora_temprana.cobro",
                "--portfolio",
                "portfolios/card_debt/portfolio.csv",
                "--from",
                "2005-07-01",
            ],
            &asked[..],
        ]
        .concat())
    };
    let told = ask("T00002", "2005-07-23 23:30");
    assert!(told.contains("not before 2005-07-25 09:00: outside hours (law)"), "{told}");
    assert!(told.contains("the earliest that the gate permits: 2005-07-25 09:00"), "{told}");
    let told = ask("T00001", "2005-07-23 10:00");
    assert!(told.contains("not in the strategy") && told.contains("it does not hold"), "{told}");
}
