//! What differs from country to country: names, numbers, zones, sizes of bills. The lists are our own, of names that are
//! common; sizes are assumed.

/// A country to make a portfolio of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Country {
    /// Two letters.
    pub(crate) code: &'static str,
    pub(crate) currency: &'static str,
    /// A usual monthly bill, in whole units.
    pub(crate) usual: i64,
    /// Amounts are multiples of so many minor units.
    pub(crate) step: i64,
    /// Zones with their weights.
    pub(crate) zones: &'static [(&'static str, u64)],
    pub(crate) first: &'static [&'static str],
    pub(crate) last: &'static [&'static str],
    pub(crate) company: &'static str,
    /// What mobile numbers begin with, and how many digits follow.
    mobile: (&'static str, u32),
}

const FIRST: &[&str] = &[
    "Ana", "Luis", "María", "José", "Carmen", "Jorge", "Rosa", "Carlos", "Lucía", "Miguel", "Elena", "Pedro",
    "Sofía", "Juan", "Paula", "Diego", "Marta", "Andrés", "Julia", "Raúl", "Inés", "Hugo", "Clara", "Óscar",
];
const LAST: &[&str] = &[
    "Rojas", "Torres", "Vargas", "Castro", "Díaz", "Flores", "Mendoza", "Ríos", "Silva", "Núñez", "Campos",
    "Vega", "Salas", "Paredes", "Ortiz", "Molina", "Herrera", "Cruz", "Reyes", "Medina", "Soto", "Peña",
    "León", "Guerra",
];
const FIRST_PT: &[&str] = &[
    "Ana", "João", "Maria", "José", "Beatriz", "Pedro", "Luiza", "Carlos", "Júlia", "Rafael", "Camila",
    "Bruno", "Lívia", "Marcos", "Paula", "Diego", "Marta", "André", "Sônia", "Tiago",
];
const LAST_PT: &[&str] = &[
    "Silva",
    "Souza",
    "Costa",
    "Lima",
    "Rocha",
    "Alves",
    "Barros",
    "Melo",
    "Nunes",
    "Pinto",
    "Ramos",
    "Teixeira",
    "Moura",
    "Campos",
    "Freitas",
    "Gomes",
    "Dias",
    "Borges",
    "Assunção",
    "Prado",
];

const ALL: [Country; 6] = [
    Country {
        code: "CO",
        currency: "COP",
        usual: 180_000,
        step: 10_000,
        zones: &[("America/Bogota", 1)],
        first: FIRST,
        last: LAST,
        company: "Crédito Andino",
        mobile: ("+57300", 7),
    },
    Country {
        code: "PE",
        currency: "PEN",
        usual: 160,
        step: 10,
        zones: &[("America/Lima", 1)],
        first: FIRST,
        last: LAST,
        company: "Financiera Sur",
        mobile: ("+51900", 6),
    },
    Country {
        code: "MX",
        currency: "MXN",
        usual: 850,
        step: 50,
        zones: &[
            ("America/Mexico_City", 900),
            ("America/Tijuana", 50),
            ("America/Hermosillo", 25),
            ("America/Cancun", 25),
        ],
        first: FIRST,
        last: LAST,
        company: "Crédito Norte",
        mobile: ("+5255", 8),
    },
    Country {
        code: "CL",
        currency: "CLP",
        usual: 38_000,
        step: 10,
        zones: &[("America/Santiago", 985), ("America/Punta_Arenas", 13), ("Pacific/Easter", 2)],
        first: FIRST,
        last: LAST,
        company: "Finanzas Austral",
        mobile: ("+569", 8),
    },
    Country {
        code: "AR",
        currency: "ARS",
        usual: 45_000,
        step: 100,
        zones: &[("America/Argentina/Buenos_Aires", 1)],
        first: FIRST,
        last: LAST,
        company: "Crédito del Plata",
        mobile: ("+54911", 8),
    },
    Country {
        code: "BR",
        currency: "BRL",
        usual: 230,
        step: 1,
        zones: &[("America/Sao_Paulo", 930), ("America/Manaus", 60), ("America/Rio_Branco", 10)],
        first: FIRST_PT,
        last: LAST_PT,
        company: "Crédito Tropical",
        mobile: ("+55119", 8),
    },
];

impl Country {
    /// A country by its two letters, or which there are.
    pub(crate) fn parse(code: &str) -> Result<Country, String> {
        let found = ALL.iter().find(|country| country.code.eq_ignore_ascii_case(code));
        found.copied().ok_or_else(|| ALL.map(|country| country.code).join(", "))
    }

    /// A telephone number from a draw.
    pub(crate) fn phone(&self, draw: u64) -> String {
        let (start, digits) = self.mobile;
        let rest = draw % 10_u64.pow(digits);
        format!("{start}{rest:0width$}", width = digits as usize)
    }
}
