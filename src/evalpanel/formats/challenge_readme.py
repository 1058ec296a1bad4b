"""The page that goes with a challenge pack: what it is, and how a stranger checks it with programs that everybody has.

The commands are those of `docs/formats/challenge.md`, which a test runs as they stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check: what it does, the commands, and what must come out."""

    title: str
    commands: str
    then: str


STEPS = (
    Step(
        "Unpack it",
        "unzip -q FILE -d pack\ncd pack\n[ -f cover.json ] || age -d -i KEY -o cover.json cover.age",
        "KEY is the file of the age key that the pack was sealed to. A pack that was left open needs none.",
    ),
    Step(
        "Check the signature",
        "jq -r .payload cover.json | base64 -d > payload.json\n"
        "type=$(jq -r .payloadType cover.json)\n"
        "printf 'DSSEv1 %d %s %d ' ${#type} \"$type\" $(wc -c < payload.json) > signed\n"
        "cat payload.json >> signed\n"
        "jq -r '.signatures[0].sig' cover.json | base64 -d > signature\n"
        "printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000' > key.der\n"
        "jq -r .body.officer.signing payload.json | base64 -d >> key.der\n"
        "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed -sigfile signature",
        "It says “Signature Verified Successfully”.",
    ),
    Step(
        "See whose key it is",
        "{ jq -r .body.officer.signing payload.json | base64 -d; jq -j .body.officer.recipient payload.json; } | sha256sum\n"
        "{ jq -r .body.founder payload.json | base64 -d; jq -r .body.nonce payload.json | base64 -d; } | sha256sum | cut -c 1-32\n"
        "jq -r .header.tender payload.json",
        "The first line is the fingerprint of the officer's key. Ask the officer for it by telephone or in a letter, and "
        "compare: nothing in the file can prove it. The second and third lines are the same when the number of the tender was "
        "made from this very key; they differ where somebody took over as officer.",
    ),
    Step(
        "Open the files",
        "jq -r .body.key payload.json > pack.key\n"
        "jq -r '.body.files[] | \"\\(.sha256) \\(.sealed) \\(.name)\"' payload.json | while read -r digest sealed name; do\n"
        '  mkdir -p "$(dirname "files/$name")"\n'
        '  age -d -i pack.key -o "files/$name" "parts/$sealed.age"\n'
        '  echo "$digest  files/$name"\n'
        "done > digests\n"
        "sha256sum -c digests",
        "Every line ends in “OK”.",
    ),
    Step(
        "Check the record",
        "while IFS= read -r line; do\n"
        "  case $line in\n"
        "    '['*) printf %s \"$line\" | sha256sum | cut -d ' ' -f 1;;\n"
        "    *) printf '%s\\n' \"$line\";;\n"
        "  esac\n"
        "done < files/record | sha256sum | cut -d ' ' -f 1\n"
        "jq -r .body.record payload.json",
        "Both lines are the same: no entry was changed, moved or put in, and what was left out is in its place as a digest.",
    ),
    Step(
        "Check the trail of acts",
        'jq -r \'.previous, (.header // "-"), (.detail_digest // "-"), .hash\' files/trail | {\n'
        "  number=0; last=0000000000000000000000000000000000000000000000000000000000000000\n"
        "  while read -r previous && IFS= read -r header && read -r digest && read -r hash; do\n"
        "    number=$((number + 1))\n"
        '    [ "$previous" = "$last" ] || echo "act $number does not follow from the one before"\n'
        '    found=$(printf \'%s\\n%s\\n%s\' "$previous" "$header" "$digest" | sha256sum | cut -d \' \' -f 1)\n'
        '    [ "$header" = - ] || [ "$found" = "$hash" ] || echo "act $number was altered"\n'
        "    last=$hash\n"
        "  done\n"
        '  echo "$number $last"\n'
        "}\n"
        "jq -r '\"\\(.body.trail.lines) \\(.body.trail.head)\"' payload.json\n"
        "jq -r .hash files/trail | sha256sum | cut -d ' ' -f 1\n"
        "jq -r .body.trail.hashes payload.json",
        "The first and second lines are the same, and so are the third and fourth; nothing else is printed.",
    ),
    Step(
        "Check the details of the acts",
        "jq -r 'select(.detail != null) | .salt, .detail, .detail_digest' files/trail | {\n"
        "  while read -r salt && IFS= read -r detail && read -r digest; do\n"
        '    found=$({ printf %s "$salt" | base64 -d; printf %s "$detail"; } | sha256sum | cut -d \' \' -f 1)\n'
        '    [ "$found" = "$digest" ] || echo "the detail with the digest $digest was altered"\n'
        "  done\n"
        "}",
        "Nothing is printed.",
    ),
    Step(
        "Read it",
        "grep '^\\[' files/record | jq -r '\"\\(.[1]): \\(.[2])\"'\n"
        "jq -r '.body.redactions[]? | \"\\(.entry) \\(.name): \\(.why) \\(.instead)\"' payload.json\n"
        "jq -r '\"\\(.header) \\(.detail // .why)\"' files/trail",
        "The first shows every entry of the record; the second, in a disclosure copy, what was left out, why, and what the "
        "officer wrote in its place; the third the acts in their order.",
    ),
)
"""The check, in the order in which it is done."""

_WHAT = {
    "challenge": "The whole record of bid {bid} in lot {lot} of {reference}, signed by the officer. It holds working notes and "
    "the names of panel members: keep it as a court document.",
    "disclosure": "A copy of the record of bid {bid} in lot {lot} of {reference}, signed by the officer. Names, other bidders "
    "and private words are left out. Everything that is left out is listed with its reason, and what is shown can be checked.",
}
_TITLES = {"challenge": "Challenge pack", "disclosure": "Disclosure copy"}
_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2.5rem auto;padding:0 1.25rem;color:#1b1f24;"
    "background:#fff}h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.125rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.5rem 0 .5rem}"
    "pre{background:#f3f5f7;border:1px solid #d5dae0;border-radius:6px;padding:.75rem 1rem;white-space:pre-wrap;"
    "overflow-wrap:anywhere;font:.875rem/1.5 ui-monospace,monospace}p{margin:.5rem 0}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}"
)


def readme(kind: str, reference: str, bid: str, lot: str, *, file: str, is_open: bool) -> str:
    """The page as HTML: what is in the pack called `file`, and the commands that check a pack of this kind. It names codes and never people.

    What a lawyer reads comes first; the commands are for whoever does the check.
    """
    about = escape(_WHAT[kind].format(bid=bid, lot=lot, reference=reference))
    title = f"{_TITLES[kind]}: bid {escape(bid)}, {escape(reference)}"
    way = (
        "The file is <strong>open</strong>: whoever has it can read everything in it."
        if is_open
        else "The file is sealed with age (age-encryption.org): only those whose keys were given can open it."
    )
    steps = "".join(
        f"<h3>{number}. {escape(one.title)}</h3><pre><code>{escape(one.commands)}</code></pre><p>{escape(one.then)}</p>"
        for number, one in enumerate(STEPS, 1)
    )
    key = "" if is_open else " --identity KEY"
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n<p>{about}</p>\n"
        f"<p>The pack is the file <code>{escape(file)}</code>, which came with this page. {way}</p>\n"
        f"<h2>What is in it</h2>\n<dl><dt>files/letters</dt><dd>the letters to the bidder, as they were signed: PDF files</dd>"
        f"<dt>files/documents</dt><dd>the documents of the bid, as they came</dd>"
        f"<dt>files/record</dt><dd>the record: criteria, scores, reasons, moderation and what was decided, an entry a line</dd>"
        f"<dt>files/trail</dt><dd>every act of the tender in its order, each bound to the one before it</dd></dl>\n"
        f"<h2>How to read it</h2>\n<p>The pack is an archive with sealed parts. Steps 1 and 4 below bring the files out, and step 8 shows the record and the acts as text. "
        f"Letters and documents then open like any others. The other steps prove who signed the pack, and that nothing in it was changed, left out or put in. "
        f"Somebody who is used to a command line does all of them in some minutes.</p>\n"
        f"<h2>How to check it</h2>\n<p>With evalpanel it is one step: <code>evalpanel verify FILE{key} --key DIGITS</code>, where DIGITS is the fingerprint of the "
        f"officer’s key, as the officer told it to you by telephone or in a letter.</p>\n"
        f"<p>Without evalpanel you need <code>unzip</code>, <code>age</code>, <code>jq</code>, <code>openssl</code> and "
        f"<code>sha256sum</code>, which every Linux system offers. Put the name of the pack in the place of FILE.</p>\n{steps}\n"
        f"</main></body>\n</html>\n"
    )
