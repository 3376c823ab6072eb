"""Mailboxes of the foldering corpus, mails as lists of words, and how often a ranking was right.

A mailbox is a folder with labels.tsv (index, Unix time, path, folder; oldest first) and maildir/. Of a mail only subject,
text and addresses are read: other headers name the folder.
"""

import email
import email.header
import email.utils
import re
from collections import namedtuple
from pathlib import Path

Mail = namedtuple("Mail", "sender words folder")
Mailbox = namedtuple("Mailbox", "name mails folders")

TOPS = (1, 3, 5)
COLD = 400
WORD = re.compile(r"\w\w+")
TAG = re.compile(r"<[^>]*>")


def mailboxes(corpus):
    """All of a corpus folder, by name."""
    found = sorted(path.parent for path in Path(corpus).glob("*/labels.tsv"))
    return [mailbox(path) for path in found]


def mailbox(path):
    mails = []
    for line in (path / "labels.tsv").read_text(encoding="utf-8").splitlines():
        _, _, place, folder = line.split("\t")
        mails.append(mail((path / "maildir" / place).read_bytes(), folder))
    folders = sorted({mail.folder for mail in mails})
    return Mailbox(path.name, mails, folders)


def mail(raw, folder):
    message = email.message_from_bytes(raw)
    senders, recipients = addresses(message, "From"), addresses(message, "To", "Cc")
    text = f"{header(message, 'Subject')}\n{body(message)}".lower()
    return Mail(senders[0] if senders else "", WORD.findall(text) + senders + recipients, folder)


def header(message, name):
    return " ".join(decoded(value) for value in message.get_all(name, []))


def decoded(value):
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return str(value)


def addresses(message, *names):
    values = [str(value) for name in names for value in message.get_all(name, [])]
    return [address.lower() for _, address in email.utils.getaddresses(values) if "@" in address]


def body(message):
    texts = []
    for part in message.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True) or b""
            try:
                text = content.decode(part.get_content_charset("ascii"), errors="replace")
            except LookupError:
                text = content.decode("latin-1")
            texts.append(TAG.sub(" ", text) if part.get_content_subtype() == "html" else text)
    return "\n".join(texts)


def online(mailbox, rankings):
    """How often the folder was among the first, over all mails, those whose folder had been seen, and the first of all."""
    ranks = [rank(mail.folder, ranking) for mail, ranking in zip(mailbox.mails, rankings, strict=True)]
    return {**about(mailbox), **share(ranks), "seen": share(only_seen(mailbox, ranks)), "cold": share(ranks[:COLD])}


def batch(mailbox, rankings, window):
    """Means over windows, each ranked by what was learned from all before it; the first only teaches."""
    ranks = [rank(mail.folder, ranking) for mail, ranking in zip(mailbox.mails, rankings, strict=True)]
    starts = range(window, len(ranks), window)
    whole = [share(ranks[start : start + window]) for start in starts]
    known = [set(mail.folder for mail in mailbox.mails[:start]) for start in starts]
    seen = [
        share([r for r, mail in zip(ranks[start : start + window], mailbox.mails[start:]) if mail.folder in folders])
        for start, folders in zip(starts, known)
    ]
    return {**about(mailbox), "windows": len(whole), **mean(whole), "seen": mean(seen)}


def about(mailbox):
    return {"mailbox": mailbox.name, "mails": len(mailbox.mails), "folders": len(mailbox.folders)}


def rank(folder, ranking):
    """From 1; none when it is not there."""
    return ranking.index(folder) + 1 if folder in ranking else None


def only_seen(mailbox, ranks):
    seen, kept = set(), []
    for mail, rank in zip(mailbox.mails, ranks):
        if mail.folder in seen:
            kept.append(rank)
        seen.add(mail.folder)
    return kept


def share(ranks):
    """Percent; of nothing 0."""
    return {
        f"top{top}": 100 * sum(rank is not None and rank <= top for rank in ranks) / max(len(ranks), 1) for top in TOPS
    }


def mean(figures):
    """Of each percentage, whatever it lies in."""
    first = figures[0] if figures else share([])
    return {
        key: mean([figure[key] for figure in figures])
        if isinstance(value, dict)
        else sum(figure[key] for figure in figures) / max(len(figures), 1)
        for key, value in first.items()
        if isinstance(value, (dict, float))
    }


def rounded(figures):
    """With one decimal, as they are printed."""
    if isinstance(figures, dict):
        return {key: rounded(value) for key, value in figures.items()}
    if isinstance(figures, list):
        return [rounded(value) for value in figures]
    return round(figures, 1) if isinstance(figures, float) else figures
