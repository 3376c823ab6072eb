"""What simpler ways to suggest a folder reach on the foldering corpus, for `make bench-suggest`.

Replays each mailbox, oldest mail first: suggest, then learn. Prints for each method the figures that
`sagspost eval foldering --json` prints for ours. The same on every run: nothing is drawn by chance.

  baselines.py CORPUS [--method NAME]... [--protocol online|batch]... [--mailbox NAME]...
"""

import argparse
import json
import sys
import time
import warnings
from collections import defaultdict

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.svm import LinearSVC

import mailbox as corpus

# Mails between two trainings of what cannot learn from one, and the window of the batch protocol.
WINDOW = 100
KEPT = max(corpus.TOPS)


def tf_idf_centroid(mailbox):
    """The folder whose mails' sum has the smallest angle to the mail, words weighted by how rare they were so far."""
    counts = words_of(mailbox)
    place = {folder: at for at, folder in enumerate(mailbox.folders)}
    sums = np.zeros((len(place), counts.shape[1]))
    squares = np.zeros_like(sums)
    mails_with = np.zeros(counts.shape[1])
    learned = [False] * len(place)
    for done, mail in enumerate(mailbox.mails):
        row = counts[done]
        frequency = 1 + np.log(row.data)
        rarity = (np.log((1 + done) / (1 + mails_with)) + 1) * (mails_with > 0)
        lengths = np.sqrt(squares @ rarity**2)
        scores = sums[:, row.indices] @ (frequency * rarity[row.indices] ** 2) / np.maximum(lengths, 1e-12)
        yield [mailbox.folders[at] for at in np.argsort(-scores, kind="stable") if learned[at]][:KEPT]

        at = place[mail.folder]
        sums[at, row.indices] += frequency / max(np.linalg.norm(frequency), 1e-12)
        squares[at, row.indices] = sums[at, row.indices] ** 2
        mails_with[row.indices] += 1
        learned[at] = True


def sender_history(mailbox):
    """The folders that the sender's mails went to, most often first, then latest; after them those of all senders."""
    by_sender = defaultdict(dict)
    by_anyone = {}
    for done, mail in enumerate(mailbox.mails):
        known = by_sender[mail.sender]
        ranking = by_use(known)
        ranking += [folder for folder in by_use(by_anyone) if folder not in known]
        yield ranking[:KEPT]
        for uses in (known, by_anyone):
            uses[mail.folder] = (uses.get(mail.folder, (0, 0))[0] + 1, done)


def by_use(uses):
    return sorted(uses, key=uses.get, reverse=True)


def linear_svm(mailbox):
    """One hyperplane for each folder, trained on all so far every hundred mails; nothing is suggested before the first."""
    counts = words_of(mailbox)
    folders = np.array([mail.folder for mail in mailbox.mails])
    for start in range(0, len(mailbox.mails), WINDOW):
        asked = counts[start : start + WINDOW]
        yield from train_and_rank(counts[:start], folders[:start], asked)


def train_and_rank(learned, folders, asked):
    kinds = sorted(set(folders))
    if len(kinds) < 2:
        return [kinds] * asked.shape[0]
    known = np.flatnonzero(learned.getnnz(axis=0))
    weights = TfidfTransformer(sublinear_tf=True).fit(learned[:, known])
    svm = LinearSVC(random_state=0)
    with warnings.catch_warnings():
        # Says where it was not wholly done, which moves no figure shown.
        warnings.simplefilter("ignore")
        svm.fit(weights.transform(learned[:, known]), folders)
    scores = svm.decision_function(weights.transform(asked[:, known]))
    if scores.ndim == 1:
        scores = np.stack([-scores, scores], axis=1)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :KEPT]
    return [list(svm.classes_[row]) for row in best]


def words_of(mailbox):
    """How often each word stands in each mail."""
    vocabulary, starts, words = {}, [0], []
    for mail in mailbox.mails:
        words += [vocabulary.setdefault(word, len(vocabulary)) for word in mail.words]
        starts.append(len(words))
    shape = (len(mailbox.mails), len(vocabulary))
    counts = csr_matrix((np.ones(len(words)), words, starts), shape=shape)
    counts.sum_duplicates()
    return counts


METHODS = {"tf_idf_centroid": tf_idf_centroid, "sender_history": sender_history, "linear_svm": linear_svm}
# For what learns from each mail the batch protocol would be another method.
PROTOCOLS = {"online": list(METHODS), "batch": ["linear_svm"]}


def main():
    parser = argparse.ArgumentParser(description="Baselines on the foldering corpus")
    parser.add_argument("corpus")
    parser.add_argument("--method", action="append", choices=METHODS)
    parser.add_argument("--protocol", action="append", choices=PROTOCOLS)
    parser.add_argument("--mailbox", action="append")
    asked = parser.parse_args()
    protocols = asked.protocol or list(PROTOCOLS)

    figures = {protocol: defaultdict(list) for protocol in protocols}
    mailboxes = [found for found in corpus.mailboxes(asked.corpus) if not asked.mailbox or found.name in asked.mailbox]
    if not mailboxes:
        sys.exit(f"There is no mailbox with a labels.tsv in {asked.corpus}.")
    for mailbox in mailboxes:
        for method in asked.method or METHODS:
            begun = time.monotonic()
            rankings = list(METHODS[method](mailbox))
            print(f"{mailbox.name}: {method} took {time.monotonic() - begun:.0f} s", file=sys.stderr)
            if "online" in protocols:
                figures["online"][method].append(corpus.online(mailbox, rankings))
            if "batch" in protocols and method in PROTOCOLS["batch"]:
                figures["batch"][method].append(corpus.batch(mailbox, rankings, WINDOW))
    print(json.dumps(corpus.rounded({
        protocol: {method: {"mailboxes": rows, "mean": corpus.mean(rows)} for method, rows in methods.items()}
        for protocol, methods in figures.items()
    })))


if __name__ == "__main__":
    main()
