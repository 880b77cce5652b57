//! Edits: safe ones alone never guess, they are applied until none is left, and a choice is never made.

use super::{en, es};
use crate::fix::{Take, fix};
use crate::law::Laws;

fn fixed(text: &str, take: Take) -> (String, usize) {
    let fixed = fix("test.cobro", text, &Laws::shipped(), take);
    let left = fixed.compiled.findings.len();
    (fixed.compiled.source.text, left)
}

#[test]
fn safe_edits_put_habits_right_in_one_go() {
    let wrong = es("send whatsapp aviso;\nesperar tres diias\nsi saldo => 20 { ir curada }");
    let (text, left) = fixed(&wrong, Take::Safe);
    let right = es("enviar whatsapp plantilla aviso\nesperar 3 días\nsi saldo >= 20 PEN { ir curada }");
    assert_eq!((text, left), (right, 0));
}

#[test]
fn a_guess_is_taken_only_when_asked_for() {
    let wrong = en("if disputed -> curedd");
    assert_eq!(fixed(&wrong, Take::Safe).0, wrong);
    assert_eq!(fixed(&wrong, Take::Guesses), (en("if disputed { -> cured }"), 0));
}

#[test]
fn a_choice_is_left_to_a_person() {
    let wrong = en("if balance > 1.200 PEN { note \"x\" }");
    assert_eq!(fixed(&wrong, Take::Guesses), (wrong, 1));
}

#[test]
fn edits_that_touch_are_applied_one_after_another() {
    let wrong = en("if balance > 20 && balance < 30 { wiat 2 dayss }");
    let right = en("if balance > 20 PEN and balance < 30 PEN { wait 2 days }");
    assert_eq!(fixed(&wrong, Take::Safe), (right, 0));
}

#[test]
fn a_missing_step_gets_a_stub() {
    let wrong = en("if disputed { -> lawyers }");
    let (text, left) = fixed(&wrong, Take::Guesses);
    assert!(text.contains("step lawyers {") && text.contains("note \"To be written.\""), "{text}");
    assert_eq!(left, 0, "{text}");
}
