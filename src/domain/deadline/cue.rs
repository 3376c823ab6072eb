//! Words that make a time a deadline, and how clearly.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How clearly a deadline is one; the clearest of a text is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// For a complaint over a decision: it stands under most letters.
    Standing,
    /// `inden`, `before`, `by`.
    Said,
    /// `senest`, `frist`, `deadline`.
    Clear,
    /// And something is asked for.
    Asked,
}

pub(super) struct Cue {
    pub range: Range<usize>,
    pub strength: Strength,
    /// Bytes that may stand between it and its time.
    pub reach: usize,
    /// May stand behind its time: `fredag senest`, `14 dages frist`.
    pub stands_after: bool,
}

struct Kind {
    words: &'static str,
    strength: Strength,
    reach: usize,
    stands_after: bool,
}

const KINDS: [Kind; 8] = [
    Kind {
        words: r"\bsenest\b|\bikke senere end\b|\bno later than\b|\bnot later than\b|\blatest\b|\bat the latest\b",
        strength: Strength::Clear,
        reach: 40,
        stands_after: true,
    },
    Kind {
        words: r"\b\p{L}*frist(?:en|er|erne|ens)?\b",
        strength: Strength::Clear,
        reach: 60,
        stands_after: true,
    },
    Kind {
        words: r"\bdeadline[ns]?\b|\bsidste (?:frist|dag|chance|udkald|rettidige)\p{L}*\b|\bclosing date\b|\bdue date\b|\bdue\b",
        strength: Strength::Clear,
        reach: 40,
        stands_after: false,
    },
    Kind {
        words: r"\bhøring\p{L}*\b[^.]{0,40}?\b(?:til og med|frem til|indtil|til)\b",
        strength: Strength::Clear,
        reach: 16,
        stands_after: false,
    },
    Kind {
        words: r"\b(?:retur|svar|svare|høre fra (?:dig|jer)|tilbagemelding|bemærkninger|besked|tilmelding|s\.u\.)\b[^.]{0,30}?\b(?:til|om)\b",
        strength: Strength::Said,
        reach: 8,
        stands_after: false,
    },
    Kind {
        words: r"\binden\b(?: for)?|\bforinden\b|\bwithin\b",
        strength: Strength::Said,
        reach: 24,
        stands_after: false,
    },
    Kind {
        words: r"\bfør\b",
        strength: Strength::Said,
        reach: 6,
        stands_after: false,
    },
    Kind {
        words: r"\b(?:reply|respond|response|answer|comments?|submit|submitted|return|returned|send|sent|feedback|hear from you|let me know|needed?|received|registration|complete|completed)\b[^.]{0,40}?\b(?:by|before|until)\b",
        strength: Strength::Clear,
        reach: 12,
        stands_after: false,
    },
];

static COMPILED: LazyLock<Vec<(Regex, &'static Kind)>> = LazyLock::new(|| {
    KINDS
        .iter()
        .filter_map(|kind| Some((Regex::new(kind.words).ok()?, kind)))
        .collect()
});

/// `senest opdateret den 3. maj` tells of what was.
static PAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:siden )?senest(?:e)? (?:blev |er |har |vi |jeg |du |de )?(?:opdateret|ændret|revideret|redigeret|rettet|gemt|set|hørt|talt|talte|skrev|skrevet|modtaget|modtog|besøgt|ajourført|vedtaget|godkendt|sendt den|kontaktet|vi |jeg )|\b(?:de |den |det )(?:seneste|sidste)\b|\budløb\b|\bvar den\b|\boverskred\p{L}*\b|\bhave[dr]? .{0,20}frist|\bpast (?:due|the deadline)\b|\bfrist\p{L}* (?:var|udløb)\b|\b(?:talte|talt|skrev|mødtes|sås|hørte|modtog|besøgte)\b[^.]{0,20}\bsenest\b",
    )
    .ok()
});

static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:svar|svare|besvar|høringssvar|bemærkninger|indsend|indsende|fremsend|send|sende|sendes|returner|retur|aflever|afleveres|tilbagemelding|kommentarer|tilmeld|meld|bedes|venligst|høring\p{L}*|partshøring|oplyse|oplys|indbetal|betal|betales|ansøg|reply|respond|response|submit|return|please|comments)\b|høringsfrist|svarfrist|ansøgningsfrist|afleveringsfrist|tilmeldingsfrist",
    )
    .ok()
});

static STANDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\bklage|\bpåklag|\bsøgsmål|\bdomstol|\bindbring|\bappeal|\bfortryd").ok()
});

/// The cues of a sentence in lower case; none where it tells of what was.
pub(super) fn find(sentence: &str) -> Vec<Cue> {
    if matches(&PAST, sentence) {
        return Vec::new();
    }
    COMPILED
        .iter()
        .flat_map(|(words, kind)| {
            words.find_iter(sentence).map(|found| Cue {
                range: found.range(),
                strength: kind.strength,
                reach: kind.reach,
                stands_after: kind.stands_after,
            })
        })
        .collect()
}

/// As strong as the rest of the sentence makes it.
pub(super) fn strength_in(strength: Strength, sentence: &str) -> Strength {
    if matches(&STANDING, sentence) {
        Strength::Standing
    } else if matches(&ASKED, sentence) {
        Strength::Asked
    } else {
        strength
    }
}

fn matches(words: &LazyLock<Option<Regex>>, sentence: &str) -> bool {
    words.as_ref().is_some_and(|words| words.is_match(sentence))
}
