"""Recomputes the digests of closed periods from the facts of a ledger folder, as docs/closes.md describes them.

    python3 recompute.py LEDGER [PERIOD]

A second program, written from that page: it shares no code with respend and needs Python 3.11 and nothing else. Every
line of facts and spend it makes anew from the ledger's files. The figures of the statement it takes from the kept text,
and says so: they follow from the facts by the formulas of docs/json.md. So it does with which exchange rates they rest
on, and sees that the files in rates/ still say each of them. It answers 0 where every digest is the one in
closes.csv, 1 where one is not, and then the first lines that differ.
"""

import csv
import hashlib
import io
import json
import re
import sys
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

# Decimals of the currencies that have not two.
DECIMALS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}
# The names a ledger is likely to use beside the platforms' own.
PLATFORMS = {"twitter": "x", "facebook": "meta", "instagram": "meta", "bing": "microsoft", "adwords": "google"}


def rows(path):
    """The rows of a log as dictionaries; comments stand above the header."""
    if not path.exists():
        return []
    text = path.read_bytes().decode("utf-8")
    while text.startswith("#") or text and not text.partition("\n")[0].strip():
        text = text.partition("\n")[2]
    read = csv.DictReader(io.StringIO(text, newline=""))
    trimmed = ({name.strip(): (cell or "").strip() for name, cell in row.items()} for row in read)
    return [row for row in trimmed if any(row.values())]


def instant(text):
    return text + "T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def money(text, currency):
    """Whole minor units: a budget has the currency's own decimals."""
    return f"{Decimal(text):.{DECIMALS.get(currency, 2)}f}"


def cost(amount, currency):
    """As many decimals as it needs, and at least the currency's own."""
    text = f"{amount:.9f}"
    least = DECIMALS.get(currency, 2)
    while text.endswith("0") and len(text.partition(".")[2]) > least:
        text = text[:-1]
    return text.rstrip(".")


def share(text):
    if not text:
        return ""
    value = Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return text


def array(*cells):
    return json.dumps([str(cell) for cell in cells], ensure_ascii=False, separators=(",", ":"))


class Ledger:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.settings = tomllib.loads((self.folder / "ledger.toml").read_text(encoding="utf-8"))
        self.spellings = {}
        for name, account in self.settings.get("accounts", {}).items():
            platform, own = name.split("/", 1)
            for spelling in [own, *account.get("aliases", [])]:
                self.spellings[self.platform(platform), plain(spelling)] = plain(own)
        self.closes = sorted(rows(self.folder / "closes.csv"), key=lambda row: instant(row["recorded"]))

    def platform(self, name):
        return PLATFORMS.get(name.lower(), name.lower())

    def account(self, platform, account):
        """Letters and digits of the name that stands for the account."""
        return self.spellings.get((platform, plain(account)), plain(account))

    def days(self, name):
        """First and last day of a period, in any of its spellings."""
        if ".." in name:
            first, last = name.split("..")
            return first, last
        if len(name) == 10:
            return name, name
        start = self.settings.get("fiscal_year_start", "01-01")
        month, day = (int(part) for part in start.split("-"))
        year = int(name.removeprefix("FY")[:4])
        if not name.startswith("FY"):
            month, day = 1, 1
        elif self.settings.get("fiscal_year_named_by") == "end" and start != "01-01":
            year -= 1
        part = name.removeprefix("FY")[5:]
        skip, months = 0, 12
        if part.startswith("Q"):
            skip, months = 3 * (int(part[1:]) - 1), 3
        elif part:
            skip, months = int(part.lstrip("M")) - 1, 1

        def after(count):
            count += month - 1
            return date(year + count // 12, count % 12 + 1, day)

        return str(after(skip)), str(after(skip + months) - timedelta(days=1))

    def fiscal_year(self):
        start = self.settings.get("fiscal_year_start", "01-01")
        named = self.settings.get("fiscal_year_named_by")
        if start == "01-01":
            named = "start"
        return f"{start} {named}" if named else start

    def text(self, close, rates):
        """The sealed text of a close, line by line, without the figures; `rates` are the lines of rates it rests on."""
        first, last = self.days(close["period"])
        known = instant(close["recorded"])

        def is_known(row):
            return not row.get("recorded") or instant(row["recorded"]) <= known

        yield "respend close 1"
        yield array("close", close["period"], first, last, close["date"], known, close.get("by", ""),
                    close.get("reason", ""), close.get("previous", ""))
        facts = [array("settings", self.settings["currency"], self.fiscal_year())]
        lines = self.lines(is_known)
        lines = {name: line for name, line in lines.items() if line["first"] <= last and first <= line["last"]}
        for name, line in lines.items():
            for row in line["rows"]:
                facts.append(array(
                    "budget", name, row["entry"], f"{line['first']}..{line['last']}", line["platform"],
                    self.account(line["platform"], line["account"]) if line["account"] else "", line["campaign"],
                    line["currency"], money(row["amount"], line["currency"]), row.get("effective") or line["first"],
                    instant(row.get("recorded", "")), row.get("by", ""), row.get("basis") or "given",
                    row.get("reference", ""), row.get("note", "")))
        facts += self.restrictions(is_known, first, last)
        facts += self.redirections(is_known, last, lines)
        facts += self.orders(is_known, lines)
        facts += [array("import", record["id"], record["export_sha256"], record["rollup_sha256"],
                        instant(record["recorded"]), record["first_day"], record["last_day"], record["absent"], revoked)
                  for record, revoked in self.imports(known) if reaches(record, first, last)]
        said = self.rates()
        facts += [line for line in rates if line in said]
        yield from sorted(facts, key=str.encode)
        yield from self.spend(known, first, last)

    def lines(self, is_known):
        """Plan lines with the entries known; any row of a line may give its period, scope and currency."""
        lines = {}
        for row in rows(self.folder / "budgets.csv"):
            line = lines.setdefault(row["line"], {"rows": []})
            if row.get("period"):
                line["first"], line["last"] = self.days(row["period"])
            if row.get("platform"):
                line["platform"] = self.platform(row["platform"])
                line["account"], line["campaign"] = row.get("account", ""), row.get("campaign", "")
            if row.get("currency"):
                line["currency"] = row["currency"]
            if is_known(row):
                line["rows"].append(row)
        return {name: line for name, line in lines.items() if line["rows"]}

    def restrictions(self, is_known, first, last):
        known = [row for row in rows(self.folder / "restrictions.csv") if is_known(row)]
        lie_in = {row["id"] for row in known
                  if row["from"] <= last and (not row.get("until") or first < row["until"])}
        for row in known:
            if row["id"] in lie_in:
                platform = self.platform(row["platform"])
                account = self.account(platform, row["account"]) if row.get("account") else ""
                yield array(
                    "restriction", row["id"], row["kind"], platform, account, row.get("campaign", ""), row["from"],
                    row.get("until", ""), share(row.get("share", "")), row.get("reason", ""), row.get("notified", ""),
                    instant(row.get("recorded", "")), row.get("by", ""), row.get("evidence_sha256", ""),
                    row.get("status") or "active", row.get("note", ""))

    def redirections(self, is_known, last, lines):
        log = {}
        for row in rows(self.folder / "redirections.csv"):
            log.setdefault(row["id"], []).append(row)
        named = set()
        for name, events in log.items():
            def given(column):
                return next((row[column] for row in events if row.get(column)), "")
            line, destination = given("line"), given("destination")
            policy = min((row["policy"] for row in events if row.get("policy")), default="")
            for row in events:
                if line in lines and is_known(row) and row["date"] <= last:
                    named.add(destination)
                    currency = lines[line]["currency"]
                    amount = money(row["amount"], currency) if row["amount"] else ""
                    cells = ["redirection", name, row["event"], row["date"], instant(row.get("recorded", "")),
                             policy, line, destination, currency, amount, row.get("by", ""),
                             row.get("reference", ""), row.get("note", "")]
                    paid = row.get("paid_currency", "")
                    few = [row.get("condition", ""), given("from"),
                           paid, money(row["paid_amount"], paid) if paid else ""]
                    if any(few):
                        cells += few
                    yield array(*cells)
        for destination in self.settings.get("destination", []):
            if destination["id"] in named:
                yield array("destination", destination["id"], destination["kind"])

    def orders(self, is_known, lines):
        latest = {}
        for row in rows(self.folder / "encumbrances.csv"):
            key = row["line"], row["reference"]
            if is_known(row) and instant(row.get("recorded", "")) >= instant(latest.get(key, {}).get("recorded", "")):
                latest[key] = row
        for (line, reference), row in latest.items():
            if line in lines:
                yield array("encumbrance", line, reference, row["date"], money(row["amount"], lines[line]["currency"]),
                            instant(row.get("recorded", "")), row.get("by", ""), row.get("note", ""))

    def imports(self, known):
        """The imports taken by then, oldest first, each with the moment it was revoked if that was by then."""
        taken = []
        for path in self.folder.glob("spend/*.toml"):
            if path.name.startswith(".") or path.name.endswith(".revoked.toml"):
                continue
            record = tomllib.loads(path.read_text(encoding="utf-8"))
            revoked = path.with_suffix(".revoked.toml")
            revoked = instant(tomllib.loads(revoked.read_text())["recorded"]) if revoked.exists() else ""
            if instant(record["recorded"]) <= known:
                taken.append((record, revoked if revoked <= known else ""))
        return sorted(taken, key=lambda one: (instant(one[0]["recorded"]), one[0]["id"]))

    def rates(self):
        """Every rate in rates/, as a line: the bank's are of the euro."""
        lines = set()
        for path in self.folder.glob("rates/[!.]*.csv"):
            for row in rows(path):
                if "base" in row:
                    lines.add(array("rate", row["base"], row["quote"], row["date"], rate(row["rate"]), row["source"]))
                    continue
                for code, cell in row.items():
                    if code not in ("", "Date") and not code.startswith("x_") and cell not in ("", "N/A"):
                        lines.add(array("rate", "EUR", code, row["Date"], rate(cell), "ECB"))
        return lines

    def spend(self, known, first, last):
        """What counts: of a campaign and day, the newest import that has it."""
        counts, settled, alone = {}, {}, {}
        for record, revoked in reversed(self.imports(known)):
            if revoked:
                continue
            rollup = (self.folder / "spend" / f"{record['id']}.csv").read_bytes()
            if hashlib.sha256(rollup).hexdigest() != record["rollup_sha256"]:
                sys.exit(f"spend/{record['id']}.csv is not what its record says")
            mine = {}
            for row in csv.DictReader(io.StringIO(rollup.decode("utf-8"), newline="")):
                account = self.account(row["platform"], row["account"])
                campaign = row["day"], row["platform"], account, row["campaign"]
                newer = alone.get((row["platform"], account), [])
                if campaign in settled or any(within(row["day"], *days) for days in newer):
                    continue
                key = row["day"], row["platform"], account, row["currency"], row["campaign"]
                mine[key] = mine.get(key, Decimal(0)) + Decimal(row["amount"])
            for (day, platform, account, _, campaign) in mine:
                settled[day, platform, account, campaign] = True
            counts.update(mine)
            if record["absent"] == "gone":
                for one in record["account"]:
                    account = self.account(one["platform"], one["account"])
                    days = record["first_day"], record["last_day"]
                    alone.setdefault((one["platform"], account), []).append(days)
        for key in sorted(counts):
            if first <= last_day(key[0]) <= last:
                yield array("spend", *key, cost(counts[key], key[3]))


def rate(text):
    """Without zeros at the end."""
    text = f"{Decimal(text):.9f}"
    return text.rstrip("0").rstrip(".")


def plain(account):
    return "".join(letter for letter in account if letter.isalnum()) or account


def last_day(day):
    """Of a month its last day."""
    if len(day) == 10:
        return day
    year, month = int(day[:4]), int(day[5:])
    return str(date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))


def within(day, first, last):
    return first <= (day if len(day) == 10 else day + "-01") and last_day(day) <= last


def reaches(record, first, last):
    """Whether an import may say something of these days: with month figures, of whole months."""
    begins, ends = record["first_day"], record["last_day"]
    if record["grain"] == "month":
        begins, ends = begins[:7] + "-01", last_day(ends[:7])
    return begins <= last and first <= ends


def main(folder, asked=None):
    ledger = Ledger(folder)
    differs = False
    sealed = [close for close in ledger.closes if close["event"] == "close" and close.get("digest")]
    for close in sealed:
        if asked and close["period"] != asked:
            continue
        kept = ledger.folder / "closes" / f"{close['period']}-{close['digest'][:12]}.txt"
        kept = kept.read_bytes().decode("utf-8").split("\n")[:-1]
        figures = [line for line in kept if line.startswith('["figure",')]
        facts = list(ledger.text(close, [line for line in kept if line.startswith('["rate",')]))
        digest = hashlib.sha256("".join(line + "\n" for line in facts + figures).encode()).hexdigest()
        said = f"{close['period']}: {len(facts) - 2} facts recomputed, {len(figures)} figures from the kept text"
        print(f"{said}: {'same' if digest == close['digest'] else 'DIFFERS'}")
        if digest != close["digest"]:
            differs = True
            was, now = [line for line in kept if line not in figures], facts
            for line in [line for line in was if line not in now][:5]:
                print(f"  was {line}")
            for line in [line for line in now if line not in was][:5]:
                print(f"  now {line}")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
