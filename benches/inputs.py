"""Writes the exports that the benchmarks read: the same arguments give the same bytes, on any machine.

    inputs.py meta|google ROWS CAMPAIGNS day|ad FILE

An ad has a row on each of 365 days. They stand day by day, the ads of a day in ever another order, or ad by ad.
Nothing but whole numbers is reckoned with, so that no machine rounds otherwise.
"""
import datetime
import random
import sys

DAYS = [(datetime.date(2025, 1, 1) + datetime.timedelta(day)).isoformat() for day in range(365)]
ACCOUNTS = ["Harbour Outfitters", "Harbour Outfitters EU", "Copper Kettle", "Windmill Insurance", "Paperplane Travel",
            "Nordlicht Optik", "Juniper & Co", "Tramway Bikes"]
GOALS = ["Awareness", "Traffic", "Leads", "Sales", "App promotion", "Engagement"]
MARKETS = ["AT", "BE", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "PL", "US"]
SEASONS = ["Été, soldes", "Frühling, Köln", "夏, セール", "Outono, São Paulo", "Zima, Łódź"]
AUDIENCES = ["Broad", "Lookalike 2%", "Visitors 14d", "Basket left", "Newsletter"]
META = "Account name,Campaign name,Ad set name,Ad name,Day,Currency,Amount spent (USD),Impressions,Clicks (all)\n"
GOOGLE = "Day\tAccount name\tCampaign\tAd group\tCurrency code\tCost\tImpr.\tClicks\tConv. value\r\n"
FIGURES = 1 << 16


def campaign(number):
    name = f"{GOALS[number % 6]} | {MARKETS[number // 6 % 12]} | {number:05}"
    if number % 20 == 7:
        name = f"{SEASONS[number // 20 % 5]} | {name}"
    if number % 100 == 7:
        name = f'"best of" {name}'
    return name


def quoted(cell, delimiter):
    return '"' + cell.replace('"', '""') + '"' if delimiter in cell or '"' in cell else cell


def names(ad, campaigns, delimiter):
    number = ad % campaigns
    cells = [ACCOUNTS[number % 8], campaign(number), AUDIENCES[ad % 5], f"Video {ad % 7} | ad {ad:06}"]
    return [quoted(cell, delimiter) for cell in cells]


def figures(chance):
    """Cents, impressions and clicks: every tenth amount is zero, half of the others below 94, few near 3,000."""
    for rank in chance.sample(range(FIGURES), FIGURES):
        cents = 0 if rank % 10 == 0 else rank ** 5 * 300_000 >> 80
        yield cents, cents * 7 + rank % 900, cents // 60


class Ads:
    """The rows there are, each by ad and day."""

    def __init__(self, rows, order, chance):
        self.ads = -(-rows // len(DAYS))
        self.last_days = len(DAYS) - (self.ads * len(DAYS) - rows)  # of the last ad, so that there are as many rows as asked for
        self.order = order
        self.chance = chance

    def parts(self):
        """Lists of ad and day, each a part of the file."""
        ads = list(range(self.ads))
        if self.order == "ad":
            for ad in ads:
                yield [(ad, day) for day in range(self.last_days if ad == self.ads - 1 else len(DAYS))]
            return
        for day in range(len(DAYS)):
            if day == self.last_days:
                ads.remove(self.ads - 1)
            self.chance.shuffle(ads)
            yield [(ad, day) for ad in ads]


def meta(ads, campaigns, chance, file):
    heads = [",".join(names(ad, campaigns, ",")) for ad in range(ads.ads)]
    days = [f",{day},USD," for day in DAYS]
    tails = [f"{cents // 100}.{cents % 100:02},{shown},{clicks}\n" for cents, shown, clicks in figures(chance)]
    places = [chance.randrange(FIGURES) for _ in range(ads.ads + len(DAYS))]
    file.write(META.encode())
    for part in ads.parts():
        rows = [heads[ad] + days[day] + tails[(places[ad] + places[~day]) % FIGURES] for ad, day in part]
        file.write("".join(rows).encode())


def google(ads, campaigns, chance, file):
    heads = ["\t".join(names(ad, campaigns, "\t")[:3]) for ad in range(ads.ads)]
    cents = [cents for cents, _, _ in figures(chance)]
    costs = [f"{amount // 100:,}.{amount % 100:02}" for amount in cents]
    tails = [f"\tUSD\t{quoted(cost, ',')}\t{amount * 7:,}\t{amount // 60}\t --\r\n" for cost, amount in zip(costs, cents)]
    places = [chance.randrange(FIGURES) for _ in range(ads.ads + len(DAYS))]
    total = 0
    file.write(b"\xff\xfe" + f"Campaign performance report\r\n{DAYS[0]} - {DAYS[-1]}\r\n{GOOGLE}".encode("utf-16-le"))
    for part in ads.parts():
        at = [(ad, day, (places[ad] + places[~day]) % FIGURES) for ad, day in part]
        total += sum(cents[figure] for _, _, figure in at)
        rows = [f"{DAYS[day]}\t{heads[ad]}{tails[figure]}" for ad, day, figure in at]
        file.write("".join(rows).encode("utf-16-le"))
    last = f'Total: Account\t --\t --\t --\tUSD\t"{total // 100:,}.{total % 100:02}"\t0\t0\t --\r\n'
    file.write(last.encode("utf-16-le"))


def main(shape, rows, campaigns, order, path):
    chance = random.Random(20250101)
    with open(path, "wb") as file:
        {"meta": meta, "google": google}[shape](Ads(int(rows), order, chance), int(campaigns), chance, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
