//! The picture: nothing overlaps, everything is closed, the same view gives the same file.

use super::super::tests::{MORA_TEMPRANA, program};
use super::super::view::View;
use super::draw;
use std::collections::BTreeMap;

#[test]
fn writes_for_now() {
    let view = View::of(&program(MORA_TEMPRANA));
    std::fs::write("/tmp/mora.svg", draw(&view, &BTreeMap::new())).unwrap();
}

fn synthetic(steps: usize) -> String {
    let mut text = String::from(
        "language en\nstrategy long_one {\n title \"A long one: 40 steps & <many> \\\"arrows\\\"\"\n currency PEN\n timezone America/Lima\n law PE\n enter when days_past_due >= 1\n always { on full payment -> cured\n on opt out { end quiet } }\n start s0\n",
    );
    for at in 0..steps {
        let next = if at + 1 < steps { format!("s{}", at + 1) } else { "given_up".to_owned() };
        let far = if at + 7 < steps { format!("s{}", at + 7) } else { "given_up".to_owned() };
        text.push_str(&format!(" step s{at} {{\n send whatsapp template notice\n wait up to {} days {{\n on response yes -> {far}\n on response no {{ wait 1 day\n -> s{} }}\n on timeout -> {next}\n }}\n }}\n", at + 1, at / 2));
    }
    text.push_str(" end cured success\n end quiet neutral\n end given_up failure\n}\ntemplate notice for whatsapp {\n approved as \"x\"\n language en_US\n category utility\n purpose reminder\n text \"Hello {{name}}\"\n button yes \"Yes\"\n button no \"No\"\n}\n");
    text
}

#[test]
fn writes_long_for_now() {
    let program = program(&synthetic(40));
    let view = View::of(&program);
    let counts = (0..40).map(|at| (crate::program::StepId(at), u64::from(at) * 137)).collect();
    let start = std::time::Instant::now();
    let svg = draw(&view, &counts);
    println!("took {:?}", start.elapsed());
    std::fs::write("/tmp/long.svg", svg).unwrap();
    let view = View::of(&super::super::tests::program(&synthetic(4)));
    std::fs::write("/tmp/small.svg", draw(&view, &counts)).unwrap();
}
