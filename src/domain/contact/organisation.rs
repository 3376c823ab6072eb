//! What tells an organisation's name and a person's title: lists of words, and nothing else.

/// Forms of companies; words of their own.
const FORMS: [&str; 30] = [
    "a/s", "aps", "i/s", "p/s", "k/s", "ivs", "amba", "a.m.b.a.", "a.m.b.a", "f.m.b.a.", "fmba",
    "smba", "s.m.b.a.", "ltd", "ltd.", "limited", "gmbh", "inc", "inc.", "llc", "llp", "plc", "oy",
    "ag", "ab", "b.v.", "s.a.", "vvs", "region", "byg",
];
/// What the names of organisations, or a word of them, end with.
const ENDINGS: [&str; 98] = [
    "kommune",
    "styrelsen",
    "styrelse",
    "ministeriet",
    "ministerium",
    "nævnet",
    "nævn",
    "byret",
    "landsret",
    "politi",
    "politikreds",
    "universitet",
    "university",
    "hospital",
    "sygehus",
    "skole",
    "skolen",
    "gymnasium",
    "forening",
    "foreningen",
    "forbund",
    "forbundet",
    "bank",
    "sparekasse",
    "forsikring",
    "advokater",
    "advokaterne",
    "advokatfirma",
    "advokatfirmaet",
    "advokatkontor",
    "advokatkontoret",
    "advokatpartnerselskab",
    "partnerselskab",
    "revision",
    "revisorer",
    "revisionsfirma",
    "arkitekter",
    "arkitektfirma",
    "arkitektfirmaet",
    "tegnestue",
    "tegnestuen",
    "ingeniører",
    "ingeniørfirma",
    "landinspektører",
    "landinspektørerne",
    "landinspektørfirmaet",
    "entreprise",
    "entreprenørfirma",
    "tømrerfirma",
    "tømrerfirmaet",
    "murerfirma",
    "murerfirmaet",
    "ejendomme",
    "ejendomsadministration",
    "boligselskab",
    "boligselskabet",
    "boligforening",
    "andelsboligforening",
    "grundejerforening",
    "ejerforening",
    "fonden",
    "museum",
    "bibliotek",
    "klinik",
    "klinikken",
    "lægehus",
    "lægehuset",
    "tandlægerne",
    "apotek",
    "group",
    "consulting",
    "holding",
    "solicitors",
    "council",
    "børnehaven",
    "vuggestuen",
    "plejehjem",
    "plejecenter",
    "bosted",
    "bostedet",
    "jobcenter",
    "jobcentret",
    "selskabet",
    "rådgivende",
    "klub",
    "avis",
    "rådgivning",
    "rådgiverne",
    "boliger",
    "konsulenterne",
    "mejeri",
    "laug",
    "vandværk",
    "varmeværk",
    "genbrug",
    "service",
    "transport",
    "udvikling",
];
/// What titles, or a word of them, end with.
const TITLES: [&str; 59] = [
    "advokat",
    "advokatfuldmægtig",
    "fuldmægtig",
    "sagsbehandler",
    "rådgiver",
    "konsulent",
    "chef",
    "leder",
    "direktør",
    "ingeniør",
    "arkitekt",
    "inspektør",
    "sekretær",
    "formand",
    "forperson",
    "kasserer",
    "lærer",
    "pædagog",
    "læge",
    "sygeplejerske",
    "terapeut",
    "psykolog",
    "jurist",
    "økonom",
    "revisor",
    "mester",
    "indehaver",
    "assistent",
    "koordinator",
    "medarbejder",
    "planlægger",
    "biolog",
    "geolog",
    "controller",
    "manager",
    "director",
    "officer",
    "engineer",
    "solicitor",
    "lawyer",
    "assistant",
    "cand.jur.",
    "praktikant",
    "vicevært",
    "specialist",
    "forvalter",
    "administrator",
    "vejleder",
    "surveyor",
    "architect",
    "consultant",
    "byplanlægger",
    "landmand",
    "gårdejer",
    "journalist",
    "redaktør",
    "politiassistent",
    "kurator",
    "stud.jur.",
];
/// Titles that are the end of other words and names: Mejer is none.
const WHOLE_TITLES: [&str; 6] = ["ejer", "elev", "ceo", "cfo", "partner", "medejer"];
const MAX_CHARS: usize = 80;

/// Whether this is the name of a company, an authority or an association.
pub fn is_organisation(text: &str) -> bool {
    text.chars().count() <= MAX_CHARS
        && !text.contains(['@', ':'])
        && words(text).any(|word| {
            FORMS.contains(&word.as_str())
                || ENDINGS.iter().any(|ending| {
                    word.trim_end_matches(['.', 's']).ends_with(ending) || word.ends_with(ending)
                })
        })
}

pub(super) fn is_title(text: &str) -> bool {
    text.chars().count() <= MAX_CHARS
        && !text.contains(['@', ':'])
        && words(text).any(|word| {
            WHOLE_TITLES.contains(&word.as_str())
                || TITLES.iter().any(|title| word.ends_with(title))
        })
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split([' ', '(', ')', '&', ','])
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
