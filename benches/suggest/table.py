"""One Markdown table for each protocol: mailbox by mailbox what ours and the baselines reach.

  table.py BASELINES.json OURS-ONLINE.json OURS-BATCH.json
"""

import json
import sys

NAMES = {
    "sagspost": "Sagspost",
    "tf_idf_centroid": "TF-IDF centroid",
    "sender_history": "sender history",
    "linear_svm": "linear SVM, trained every 100",
}
TITLES = {
    "online": "Each mail suggested, then learned, oldest first; percent right",
    "batch": "Trained on the first 100·k mails, asked for the next 100; mean over windows, percent right",
}
COLUMNS = {
    "first": ("top1",),
    "of 3": ("top3",),
    "of 5": ("top5",),
    "first, folder seen before": ("seen", "top1"),
    "first, of the first 400": ("cold", "top1"),
}


def main():
    baselines, *ours = [json.load(open(path, encoding="utf-8")) for path in sys.argv[1:]]
    for (protocol, title), own in zip(TITLES.items(), ours, strict=True):
        print(f"{title}:\n")
        print("\n".join(table({"sagspost": own, **baselines[protocol]})), end="\n\n")


def table(methods):
    mean = {method: {"mailbox": "mean", **figures["mean"]} for method, figures in methods.items()}
    rows = {method: [*figures["mailboxes"], mean[method]] for method, figures in methods.items()}
    columns = {title: path for title, path in COLUMNS.items() if any(value(row, path) for row in mean.values())}
    yield f"| mailbox | method | {' | '.join(columns)} |"
    yield "|---|---|" + "--:|" * len(columns)
    for place, first in enumerate(next(iter(rows.values()))):
        for method, figures in rows.items():
            row = figures[place]
            if row["mailbox"] != first["mailbox"]:
                sys.exit(f"{NAMES[method]} has not the same mailboxes as the others: {row['mailbox']}.")
            cells = [f"{value(row, path):.1f}" if value(row, path) is not None else "–" for path in columns.values()]
            yield f"| {row['mailbox']} | {NAMES[method]} | {' | '.join(cells)} |"


def value(row, path):
    for key in path:
        row = (row or {}).get(key)
    return row


if __name__ == "__main__":
    main()
