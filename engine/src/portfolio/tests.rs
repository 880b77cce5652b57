//! The whole road, from bytes to customers, and one check per problem.

use super::*;
use crate::customer::Account;
use cobro_dsl::values::{Lang, NaiveDate, Number, Value};

const HEADER: &str =
    "customer,account,phone,email,timezone,currency,invoice,issued_on,due_on,amount,balance,payments";

fn day(text: &str) -> NaiveDate {
    date::canonical(text).unwrap_or_default()
}

fn read_text(text: &str, mapping: &str) -> (Vec<Row>, Report) {
    let mapping = Mapping::parse(mapping).unwrap_or_else(|problem| panic!("{}", problem.words(Lang::En)));
    read(text.as_bytes(), &mapping, &mut |_, _| {})
}

/// One good row, then the row in question: what the report says of it, in both languages.
fn bad_row(row: &str, es: &str, en: &str) {
    bad_rows(&format!("{HEADER}\nC1,A1,,,,PEN,F1,,2026-03-01,100,,\n{row}\n"), "", es, en);
}

fn bad_rows(text: &str, mapping: &str, es: &str, en: &str) {
    let (rows, report) = read_text(text, mapping);
    let said = |lang| {
        let all = report.unusable.iter().chain(&report.problems);
        all.map(|problem| format!("{} | {}", problem.words(lang), problem.help(lang)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(said(Lang::Es), es);
    assert_eq!(said(Lang::En), en);
    assert_eq!(rows.len() as u64, report.rows_kept);
    assert_eq!(report.rows_read, report.rows_kept + report.rows_refused + report.rows_skipped);
}

/// What is wrong with the file as a whole, by name.
fn unusable(bytes: &[u8], expected: &[&str]) {
    let (rows, report) = read(bytes, &Mapping::default(), &mut |_, _| {});
    let names: Vec<_> = report.unusable.iter().map(|problem| problem.fault.name()).collect();
    assert_eq!(names, expected);
    assert!(rows.is_empty());
}

fn balance(account: &Account, on: &str) -> String {
    account.balance_on(day(on)).to_string()
}

#[test]
fn a_day_that_does_not_exist() {
    bad_rows(
        "cuenta;moneda;vencimiento;monto\nA1;PEN;28/02/2026;10\nA2;PEN;31/02/2026;10\n",
        "dates = [\"%d/%m/%Y\"]",
        "línea 3, columna `vencimiento`: `31/02/2026`: ese día no existe | corrija la fecha",
        "line 3, column `vencimiento`: `31/02/2026`: there is no such day | correct the date",
    );
}

#[test]
fn a_date_of_another_form() {
    bad_row(
        "C2,A2,,,,PEN,F2,,25/03/2026,100,,",
        "línea 3, columna `due_on`: `25/03/2026`: no es una fecha de la forma YYYY-MM-DD | si es de la forma %d/%m/%Y, ponga `dates = [\"%d/%m/%Y\"]` en el mapeo",
        "line 3, column `due_on`: `25/03/2026`: is no date of the form YYYY-MM-DD | if it is of the form %d/%m/%Y, put `dates = [\"%d/%m/%Y\"]` in the mapping",
    );
}

#[test]
fn a_decimal_comma_in_a_file_with_points() {
    bad_row(
        "C2,A2,,,,PEN,F2,,2026-03-01,\"1.234,56\",,",
        "línea 3, columna `amount`: `1.234,56`: parece escrito con coma decimal | ponga `decimal = \",\"` en el mapeo",
        "line 3, column `amount`: `1.234,56`: seems to be written with a decimal comma | put `decimal = \",\"` in the mapping",
    );
}

#[test]
fn an_amount_that_can_be_read_in_two_ways() {
    bad_row(
        "C2,A2,,,,PEN,F2,,2026-03-01,1.234,,",
        "línea 3, columna `amount`: `1.234`: puede ser 1234 o 1.234 | diga en el mapeo si `.` separa miles (`thousands = \".\"`, `decimal = \",\"`) o escriba los decimales de la moneda",
        "line 3, column `amount`: `1.234`: can be 1234 or 1.234 | say in the mapping that `.` separates thousands (`thousands = \".\"`, `decimal = \",\"`) or write as many decimals as the currency has",
    );
}

#[test]
fn a_negative_amount() {
    bad_row(
        "C2,A2,,,,PEN,F2,,2026-03-01,-5,,",
        "línea 3, columna `amount`: `-5`: el monto es negativo | una nota de crédito no es una factura; quite la fila, o ponga `negative = \"zero\"` en el mapeo",
        "line 3, column `amount`: `-5`: the amount is negative | a credit note is no invoice; remove the row, or put `negative = \"zero\"` in the mapping",
    );
}

#[test]
fn an_unknown_currency() {
    let known = "ARS BOB BRL CLP COP CRC DOP EUR GBP GTQ HNL MXN NIO PAB PEN PYG TWD USD UYU VES";
    bad_row(
        "C2,A2,,,,SOL,F2,,2026-03-01,5,,",
        &format!("línea 3, columna `currency`: `SOL`: moneda desconocida | use una de {known}"),
        &format!("line 3, column `currency`: `SOL`: unknown currency | use one of {known}"),
    );
}

#[test]
fn an_unknown_time_zone() {
    bad_row(
        "C2,A2,,,America/Limma,PEN,F2,,2026-03-01,5,,",
        "línea 3, columna `timezone`: `America/Limma`: zona horaria desconocida; ¿quiso decir `America/Lima`? | use un nombre de la lista IANA, como America/Lima",
        "line 3, column `timezone`: `America/Limma`: unknown time zone; did you mean `America/Lima`? | use a name of the IANA list, such as America/Lima",
    );
}

#[test]
fn a_telephone_without_country_and_a_bad_address_are_both_named() {
    bad_row(
        "C2,A2,987 654 321,ana@,,PEN,F2,,2026-03-01,5,,",
        "línea 3, columna `phone`: `987 654 321`: el teléfono no tiene `+` ni código de país | escríbalo como +51987654321, o ponga `country_code = \"+51\"` en el mapeo\n\
         línea 3, columna `email`: `ana@`: no es un correo | corríjalo o déjelo vacío",
        "line 3, column `phone`: `987 654 321`: the telephone has no `+` and country code | write it like +51987654321, or put `country_code = \"+51\"` in the mapping\n\
         line 3, column `email`: `ana@`: is no e-mail address | correct it or leave it empty",
    );
}

#[test]
fn an_empty_required_value() {
    bad_row(
        "C2,A2,,,,PEN,F2,,,5,,",
        "línea 3, columna `due_on`: falta el valor | complete el valor, o dé uno en el mapeo con `default`",
        "line 3, column `due_on`: the value is missing | fill it in, or give one in the mapping with `default`",
    );
}

#[test]
fn a_payment_that_cannot_be_read() {
    bad_row(
        "C2,A2,,,,PEN,F2,,2026-03-01,5,,2026-03-05:2 ayer",
        "línea 3, columna `payments`: `ayer`: no tiene la forma AAAA-MM-DD:monto | ejemplo: 2026-03-05:120.00 2026-04-02:80.00",
        "line 3, column `payments`: `ayer`: is not of the form YYYY-MM-DD:amount | example: 2026-03-05:120.00 2026-04-02:80.00",
    );
}

#[test]
fn too_many_values() {
    bad_row(
        "C2,A2,,,,PEN,F2,,2026-03-01,5,,,x",
        "línea 3: la fila tiene 13 valores y el encabezado 12 | un valor que contiene el separador va entre comillas",
        "line 3: the row has 13 values and the header 12 | a value that contains the delimiter goes in quotes",
    );
}

#[test]
fn a_quote_that_is_never_closed() {
    bad_row(
        "\"C2,A2,,,,PEN,F2,,2026-03-01,5,,",
        "línea 3: una comilla se abre y no se cierra | busque una comilla suelta en esta línea",
        "line 3: a quote is opened and never closed | look for a stray quote on this line",
    );
}

#[test]
fn an_invoice_twice_and_accounts_that_contradict_themselves() {
    let text = format!(
        "{HEADER}\nC1,A1,,,,PEN,F1,,2026-03-01,100,,\nC1,A1,,,,PEN,F2,,2026-03-01,50,,\n\
         C1,A1,,,,PEN,F1,,2026-03-01,100,,\nC9,A1,,,,PEN,F3,,2026-03-01,1,,\nC1,A1,,,,USD,F4,,2026-03-01,1,,\n"
    );
    bad_rows(
        &text,
        "",
        "línea 4, columna `invoice`: `F1`: la misma factura de la cuenta `A1` ya está en la línea 2 | deje una de las dos filas\n\
         línea 5, columna `customer`: `C9`: la misma cuenta es del cliente `C1` en la línea 2 | use otro código de cuenta, o corrija la fila\n\
         línea 6, columna `currency`: `USD`: la misma cuenta está en PEN en la línea 2 | use otro código de cuenta, o corrija la fila",
        "line 4, column `invoice`: `F1`: the same invoice of account `A1` is on line 2 | leave one of the two rows\n\
         line 5, column `customer`: `C9`: the same account belongs to customer `C1` on line 2 | use another account key, or correct the row\n\
         line 6, column `currency`: `USD`: the same account is in PEN on line 2 | use another account key, or correct the row",
    );
}

#[test]
fn an_account_twice_where_there_are_no_invoice_numbers() {
    bad_rows(
        "account,currency,due_on,amount\nA1,PEN,2026-03-01,1\nA1,PEN,2026-04-01,1\n",
        "",
        "línea 3, columna `account`: `A1`: la misma cuenta ya está en la línea 2 | deje una de las dos filas",
        "line 3, column `account`: `A1`: the same account is on line 2 | leave one of the two rows",
    );
}

#[test]
fn a_missing_column_with_the_one_that_may_be_meant() {
    bad_rows(
        "account,currency,vencimento,amount\nA1,PEN,2026-03-01,1\n",
        "",
        "ninguna columna da `due_on`; ¿quiso decir `vencimento`? | añada la columna, o diga en el mapeo de dónde sale: `[fields.due_on]`",
        "no column gives `due_on`; did you mean `vencimento`? | add the column, or say in the mapping where it comes from: `[fields.due_on]`",
    );
}

#[test]
fn an_undeclared_encoding_shows_the_word_it_found() {
    let (_, report) = read(b"cuenta;nombre\nA1;Mu\xF1oz\n", &Mapping::default(), &mut |_, _| {});
    let words: Vec<_> = report.unusable.iter().map(|problem| problem.words(Lang::En)).collect();
    assert_eq!(words, ["the file is not UTF-8: on line 2, as windows-1252 it would read `Muñoz`"]);
}

#[test]
fn files_that_give_nothing_at_all() {
    unusable(b"", &["empty-file"]);
    unusable(b" \n\n", &["empty-file"]);
    unusable(b"account,currency,due_on,amount\n", &["header-only"]);
    unusable(b"account,currency,due_on,amount\nA1,PEN,never,1\n", &["no-usable-row"]);
    unusable(b"account,currency,due_on,amount\nA1,PEN\0,2026-03-01,1\n", &["nul-byte"]);
    unusable(b"\"account\nA1\n", &["header-broken"]);
    unusable(b"monto,importe,cuenta,moneda,vence\n1,1,1,1,1\n", &["duplicate-column"]);
    unusable(b"a,b\n1,2\n", &["missing-column"; 4]);
}

#[test]
fn rows_become_customers_accounts_and_invoices() {
    let text = format!(
        "{HEADER}\nC1,A1,+51 987 654 321,,America/Lima,PEN,F2,2026-03-01,2026-03-31,200,,\n\
         C2,A3,,ana@example.com,,USD,F9,,2026-02-01,10,,\n\
         C1,A1,,,,PEN,F1,,2026-01-31,100.50,,2026-02-10:20 2026-03-05:30.25\n\
         C1,A2,,,,CLP,F7,,2026-01-31,1500,-3,\n"
    );
    let (rows, report) = read_text(&text, "");
    assert_eq!((report.rows_read, report.rows_kept, report.rows_refused), (4, 4, 0));
    let portfolio = Portfolio::gather(rows, day("2026-03-02"));
    let ids: Vec<_> =
        portfolio.accounts().map(|(customer, account, _)| (&*customer.id, &*account.id)).collect();
    assert_eq!(ids, [("C1", "A1"), ("C1", "A2"), ("C2", "A3")]);
    let (customer, account, past) = portfolio.accounts().next().unwrap();
    assert_eq!(customer.phone.as_deref(), Some("+51987654321"));
    let invoices: Vec<_> = account.invoices.iter().map(|one| (&*one.id, one.amount, one.open)).collect();
    assert_eq!(invoices, [("F1", 10_050, 8_050), ("F2", 20_000, 20_000)], "oldest due date first");
    assert_eq!(balance(account, "2026-02-28"), "80.50 PEN", "F2 is not issued yet");
    assert_eq!(account.last_payment_on, Some(day("2026-02-10")));
    let later: Vec<_> = past.payments.iter().map(|paid| (paid.on, paid.amount, &*paid.invoice)).collect();
    assert_eq!(later, [(day("2026-03-05"), 3_025, "F1")]);
    let (_, second, _) = portfolio.accounts().nth(1).unwrap();
    assert_eq!(balance(second, "2026-03-02"), "0 CLP", "a negative balance is nothing owed");
}

#[test]
fn a_payment_of_the_first_day_is_replayed_and_not_taken_off() {
    let text = "account,currency,due_on,amount,payments\nA1,PEN,2026-03-01,100,2026-03-02:100\n";
    let (rows, _) = read_text(text, "");
    let portfolio = Portfolio::gather(rows.clone(), day("2026-03-02"));
    let (_, account, past) = portfolio.accounts().next().unwrap();
    assert_eq!((balance(account, "2026-03-02"), past.payments.len()), ("100.00 PEN".to_owned(), 1));
    let portfolio = Portfolio::gather(rows, day("2026-03-03"));
    let (_, account, past) = portfolio.accounts().next().unwrap();
    assert_eq!((balance(account, "2026-03-03"), past.payments.len()), ("0.00 PEN".to_owned(), 0));
}

#[test]
fn the_canonical_file_reads_back_to_the_same_rows() {
    let text = "cliente;cuenta;nombre;empresa;telefono;correo;zona_horaria;pais;moneda;factura;emision;vencimiento;monto;saldo;en_disputa;puntaje_riesgo;segmento;producto;enlace_pago;pagos;estados\n\
        C1;A1;\"Díaz; \"\"Lucho\"\"\";Andes, S.A.;+51987654321;l@example.com;America/Lima;pe;PEN;0001;01/02/2026;03/03/2026;1.234,50;1.000,00;sí;72,5;pyme;línea;https://example.com/p;2026-03-05:1.000,00;2026-02-28:-5,00\n\
        C2;A2;;;;;;;USD;;;03/03/2026;10;;;;;;;;\n";
    let (rows, report) = read_text(text, "decimal = \",\"\nthousands = \".\"\ndates = [\"%d/%m/%Y\"]");
    assert_eq!(report.problems, []);
    let written = canonical(&rows);
    let (again, report) = read_text(&written, "");
    assert_eq!(report.problems, []);
    assert_eq!(again, rows);
    assert_eq!(canonical(&again), written);
    assert!(written.contains("A1,\"Díaz; \"\"Lucho\"\"\",\"Andes, S.A.\",+51987654321"), "{written}");
}

#[test]
fn unused_columns_are_not_written() {
    let (rows, _) = read_text("account,currency,due_on,amount\nA1,PEN,2026-03-01,1\n", "");
    assert_eq!(canonical(&rows), "account,currency,due_on,amount\nA1,PEN,2026-03-01,1.00\n");
}

#[test]
fn rules_of_the_mapping_leave_rows_out() {
    let fields = "[fields]\naccount.column = \"id\"\ncurrency.value = \"PEN\"\ndue_on.column = \"v\"\namount.column = \"m\"\n";
    let mapping = format!(
        "{fields}[[skip_when]]\ncolumn = \"e\"\nis = [\"ANULADA\"]\n[[keep_when]]\ncolumn = \"t\"\nis = [\"F\", \"B\"]\n"
    );
    let text =
        "id,v,m,e,t\n1,2026-03-01,5,,F\n2,2026-03-01,5,ANULADA,F\n3,2026-03-01,5,,NC\n4,2026-03-01,5,,B\n";
    let (rows, report) = read_text(text, &mapping);
    assert_eq!(rows.iter().map(|row| &*row.account).collect::<Vec<_>>(), ["1", "4"]);
    assert_eq!((report.rows_skipped, report.rows_refused), (2, 0));
}

/// Invoices of the same shape as IBM's accounts-receivable sample: US dates without padding, leading zeros,
/// no open balance. The figures are typed here; the file itself has no known licence and is not ours to ship.
#[test]
fn wide_receivables_with_us_dates_and_leading_zeros() {
    let mapping = "dates = [\"%m/%d/%Y\"]\n[fields]\ncustomer.column = \"customerID\"\naccount.column = \"customerID\"\n\
        currency.value = \"USD\"\ninvoice.column = \"invoiceNumber\"\nissued_on.column = \"InvoiceDate\"\n\
        due_on.column = \"DueDate\"\namount.column = \"InvoiceAmount\"\n\
        [[payments]]\namount = \"InvoiceAmount\"\non_column = \"SettledDate\"\n";
    let text = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate\r\n\
        391,0379-NEVHP,0000611365,1/2/2013,2/1/2013,55.94,1/15/2013\r\n\
        391,0379-NEVHP,0002332456,6/10/2013,7/10/2013,61.74,7/4/2013\r\n\
        406,8976-AMJEO,0007900770,5/26/2013,6/25/2013,10.10,7/1/2013\r\n";
    let (rows, report) = read_text(text, mapping);
    assert_eq!(report.problems, []);
    assert_eq!(rows.iter().map(|row| row.amount).sum::<i64>(), 12_778);
    assert_eq!(rows.first().and_then(|row| row.invoice.as_deref()), Some("0000611365"));
    let portfolio = Portfolio::gather(rows, day("2013-07-01"));
    let open: Vec<_> = portfolio
        .accounts()
        .map(|(_, account, past)| (balance(account, "2013-06-30"), past.payments.len()))
        .collect();
    assert_eq!(open, [("61.74 USD".to_owned(), 1), ("10.10 USD".to_owned(), 1)]);
    let (_, account, _) = portfolio.accounts().nth(1).unwrap();
    assert_eq!(account.invoices.first().map(|one| one.due_on), Some(day("2013-06-25")), "month first");
}

/// Two rows of the shape of the UCI credit-card file: months newest first, credit balances, whole NT dollars.
#[test]
fn wide_card_debt_with_months_in_columns() {
    let mapping = "rate = \"0.1\"\n[fields]\naccount.template = \"T{ID:5}\"\ncurrency.value = \"PEN\"\n\
        amount = { column = \"X15\", negative = \"zero\" }\nbalance.column = \"X15\"\n\
        due_on = { column = \"X9\", map = { \"2\" = \"2005-05-25\", \"*\" = \"2005-07-25\" } }\n\
        phone.template = \"+51900{ID:6}\"\n\
        [[payments]]\namount = \"X20\"\non = \"2005-07-01\"\nspread_days = 28\n\
        [[payments]]\namount = \"X21\"\non = \"2005-06-01\"\nspread_days = 28\n\
        [[statements]]\namount = \"X15\"\non = \"2005-06-30\"\n";
    let (rows, report) = read_text("ID,X9,X15,X20,X21\n1,2,3272,1000,0\n2,-1,-165,0,689\n", mapping);
    assert_eq!(report.problems, []);
    let portfolio = Portfolio::gather(rows, day("2005-07-01"));
    let mut accounts = portfolio.accounts();
    let (customer, account, past) = accounts.next().unwrap();
    assert_eq!((&*customer.id, customer.phone.as_deref()), ("T00001", Some("+51900000001")));
    assert_eq!(balance(account, "2005-07-01"), "327.20 PEN");
    assert_eq!(account.invoices.first().map(|one| one.due_on), Some(day("2005-05-25")));
    assert_eq!(past.payments.iter().map(|paid| paid.amount).collect::<Vec<_>>(), [10_000]);
    let (_, account, past) = accounts.next().unwrap();
    assert_eq!(balance(account, "2005-07-01"), "0.00 PEN");
    assert_eq!(past.payments, [], "June is before the cut-off");
    assert_eq!(past.statements.first().map(|stated| stated.balance), Some(-1_650));
    assert!(account.last_payment_on.is_some_and(|on| on < day("2005-07-01")));
}

#[test]
fn a_map_without_an_entry_names_the_value() {
    let mapping = "[fields]\naccount.column = \"id\"\ncurrency = { column = \"m\", map = { S = \"PEN\" } }\n\
        due_on.value = \"2026-03-01\"\namount.column = \"a\"\n";
    bad_rows(
        "id,m,a\n1,S,5\n2,D,5\n",
        mapping,
        "línea 3, columna `m`: `D`: la tabla del mapeo no tiene este valor | añádalo a `map`, o ponga `\"*\"` para todos los demás",
        "line 3, column `m`: `D`: the mapping's table has no such value | add it to `map`, or put `\"*\"` for all others",
    );
}

/// What ships beside the code is read as its pages say.
#[test]
fn the_lima_export_gives_the_canonical_file_beside_it() {
    let mapping = include_str!("../../../portfolios/lima_sample/mapping.toml");
    let mapping = Mapping::parse(mapping).unwrap_or_else(|problem| panic!("{}", problem.words(Lang::En)));
    let export = include_bytes!("../../../portfolios/lima_sample/erp_export.csv");
    let (rows, report) = read(export, &mapping, &mut |_, _| {});
    assert_eq!(report.problems, []);
    assert_eq!((report.rows_read, report.rows_kept, report.rows_skipped), (175, 171, 4));
    assert_eq!(canonical(&rows), include_str!("../../../portfolios/lima_sample/portfolio.csv"));
}

#[test]
fn shipped_and_documented_mappings_are_sound() {
    let page = include_str!("../../../docs/portfolio.md");
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (documented, _) = block.split_once("```").unwrap();
    let shipped = [
        documented,
        include_str!("../../../portfolios/card_debt/mapping.toml"),
        include_str!("../../../portfolios/ibm_ar/mapping.toml"),
    ];
    for text in shipped {
        assert_eq!(Mapping::parse(text).map(|_| ()), Ok(()));
    }
    for field in Field::all() {
        assert!(page.contains(&format!("`{}`", field.name())), "{} is documented", field.name());
    }
}

/// Whatever is broken in a file, every row is counted once, and what is taken in can be written and read again.
#[test]
fn damaged_files_lose_rows_and_nothing_else() {
    let sound = format!(
        "{HEADER}\nC1,A1,+51987654321,a@example.com,America/Lima,PEN,F1,2026-02-01,2026-03-01,100.50,90,2026-03-05:20\n\
         C1,A2,,,,CLP,F2,,2026-03-01,1500,,\nC2,\"A,3\",,,,USD,\"F\"\"3\",,2026-03-01,7,,\nC3,A4,,,,PEN,,,2026-03-01,1,,\n"
    );
    let damage = [
        ",",
        ";",
        "\"",
        "\n",
        "\r\n",
        ".",
        "-",
        "5",
        "é",
        "\u{a0}",
        "A",
        "\t",
        "E",
        ":",
        "sep=é\n",
        "2026-03-01",
    ];
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    let mut taken = 0;
    for _ in 0..400 {
        let mut letters: Vec<char> = sound.chars().collect();
        for _ in 0..=random(4) {
            let at = random(letters.len());
            match random(3) {
                0 => drop(letters.remove(at)),
                _ => drop(letters.splice(at..at, damage[random(damage.len())].chars()).collect::<Vec<_>>()),
            }
        }
        let text: String = letters.into_iter().collect();
        let (rows, report) = read_text(&text, "");
        assert_eq!(report.rows_read, report.rows_kept + report.rows_refused + report.rows_skipped, "{text}");
        let (again, report) = read_text(&canonical(&rows), "");
        assert_eq!(report.problems, [], "{text}");
        let contents =
            |rows: Vec<Row>| rows.into_iter().map(|row| Row { line: 0, ..row }).collect::<Vec<_>>();
        taken += rows.len();
        assert_eq!(contents(again), contents(rows), "{text}");
    }
    assert!(taken > 400, "most damage costs a row or two: {taken}");
}

#[test]
fn promises_fields_and_tags_come_with_the_portfolio() {
    let text = "factura,cuenta,moneda,vencimiento,monto,fecha_promesa,monto_promesa,promesas_rotas,etiquetas,campo.llamadas.numero,campo.canal,field.vip.yes_or_no\n\
        F1,A1,PEN,2026-02-01,100,2026-03-05,60,1,\"vip, legal\",3,agencia,sí\n\
        F2,A1,PEN,2026-03-01,50,2026-03-09,50,4,nuevo,9,,\n\
        F3,A2,PEN,2026-02-01,100,2026-03-02,,,,,,\n\
        F4,A3,PEN,2026-02-01,100,2026-03-01,,,,,,\n";
    let (rows, report) = read_text(text, "");
    assert_eq!(report.problems, []);
    let (again, _) = read_text(&canonical(&rows), "");
    assert_eq!(again, rows);
    let portfolio = Portfolio::gather(rows, day("2026-03-02"));
    let accounts: Vec<_> = portfolio.accounts().map(|(_, account, _)| account).collect();
    let promised =
        |account: &Account| account.promises.open.map(|promise| (promise.on.to_string(), promise.amount));
    let counts = |account: &Account| (account.promises.kept, account.promises.broken, account.promises.made);
    assert_eq!(promised(accounts[0]), Some(("2026-03-05".to_owned(), 6_000)), "the first row is believed");
    assert_eq!(counts(accounts[0]), (0, 1, 2));
    assert_eq!(accounts[0].tags.iter().map(String::as_str).collect::<Vec<_>>(), ["legal", "nuevo", "vip"]);
    assert_eq!(accounts[0].field("llamadas"), Some(&Value::Number(Number(30_000))));
    assert_eq!(accounts[0].field("canal"), Some(&Value::Text("agencia".to_owned())));
    assert_eq!(accounts[0].field("vip"), Some(&Value::Truth(true)));
    assert_eq!(
        (promised(accounts[1]), counts(accounts[1])),
        (Some(("2026-03-02".to_owned(), 10_000)), (0, 0, 1))
    );
    assert_eq!(
        (promised(accounts[2]), counts(accounts[2])),
        (None, (0, 1, 1)),
        "its day is over, and it is owed"
    );
}

#[test]
fn a_field_of_no_type_and_values_of_another_are_told() {
    unusable(b"account,currency,due_on,amount,field.calls.nmber\nA1,PEN,2026-03-01,1,2\n", &["field-type"]);
    let (_, report) = read_text(
        "account,currency,due_on,amount,field.calls.number,promises_broken\nA1,PEN,2026-03-01,1,dos,muchas\n",
        "",
    );
    let found: Vec<_> = report.problems.iter().map(|problem| problem.fault.name()).collect();
    assert_eq!(found, ["count-form", "number-form"]);
    let mapping = "[fields]\naccount = { column = \"ID\" }\ncurrency = { value = \"PEN\" }\ndue_on = { value = \"2026-03-01\" }\n\
                   amount = { value = \"1\" }\n[own_fields]\ncalls = { type = \"number\", column = \"Gestiones\" }\n";
    let (rows, report) = read_text("ID,Gestiones\nA1,4\n", mapping);
    assert_eq!(report.problems, []);
    assert_eq!(rows[0].own, [("calls".to_owned(), Value::Number(Number(40_000)))]);
}

#[test]
fn what_somebody_had_better_look_at() {
    let header = "customer,account,phone,email,timezone,currency,due_on,amount,authorised";
    let row = |customer: &str, account: &str, phone: &str, rest: &str, authorised: &str| {
        format!("{customer},{account},{phone},{rest},PEN,2026-03-01,100,{authorised}\n")
    };
    let text = [
        format!("{header}\n"),
        row("C1", "A1", "+51900000001", "a@b.co,America/Lima", "all"),
        row("C1", "A2", "+51900000001", "a@b.co,America/Bogota", "sms email"),
        row("C2", "A3", "+51900000001", "c@b.co,", ""),
        row("C2", "A4", "+51900000002", "c@b.co,", ""),
        row("C3", "A5", "+51900000003", "a@b.co,", ""),
        row("C2", "A6", "+51900000001", "c@b.co,", ""),
    ]
    .concat();
    let (rows, report) = read_text(&text, "");
    assert_eq!((rows.len(), report.problems.len()), (6, 0));
    let said = |lang| report.doubts.iter().map(|doubt| doubt.words(lang)).collect::<Vec<_>>();
    assert_eq!(
        said(Lang::En),
        [
            "line 3, column `timezone`: `America/Bogota`: line 2 says `America/Lima` of the same customer; neither is believed",
            "line 3, column `authorised`: `email sms`: line 2 says `whatsapp email sms call` of the same customer; what both say holds",
            "line 4, column `phone`: `+51900000001`: it is customer `C1`'s as well (line 2): limits are counted by customer",
            "line 5, column `phone`: `+51900000002`: line 4 says `+51900000001` of the same customer; that holds",
            "line 6, column `email`: `a@b.co`: it is customer `C1`'s as well (line 2): limits are counted by customer",
        ]
    );
    assert_eq!(
        said(Lang::Es)[2],
        "línea 4, columna `phone`: `+51900000001`: también es del cliente `C1` (línea 2): los límites se cuentan por cliente"
    );
    let customers = Portfolio::gather(rows, day("2026-03-02")).customers;
    let channels = [cobro_dsl::values::Channel::Email, cobro_dsl::values::Channel::Sms];
    let both = channels.into_iter().fold(cobro_dsl::values::ChannelSet::default(), |set, one| set.with(one));
    assert_eq!(customers[0].authorised, Some(both));
}
