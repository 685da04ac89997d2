"""A full pack as plain data, and annexes as bytes, for the typesetting tests and the benchmark."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf

from governance.typesetting.snapshot import (
    Action,
    Annex,
    Change,
    Contribution,
    Decision,
    Indicator,
    Item,
    Meeting,
    Milestone,
    Minutes,
    PastHealth,
    Person,
    ProjectSheet,
    Report,
    Risk,
    Slip,
    Snapshot,
    Summons,
)

HEALTHS = ("sunny", "cloudy", "rainy", "stormy")
NAMES = (
    ("Raccordement électrique des quais", "Shore power on the quays"),
    ("Jumeau numérique du port", "Digital twin of the port"),
    ("Passage portuaire sans papier", "Paperless cargo passage"),
    ("Navettes fluviales décarbonées", "Low-carbon river shuttles"),
    ("Observatoire de la qualité de l’air", "Air quality observatory"),
    ("Friche des Aygalades, pépinière d’entreprises", "Aygalades yard, business incubator"),
    ("Formation aux métiers de la donnée portuaire", "Training for port data trades"),
    ("Chaîne du froid suivie de bout en bout", "Cold chain followed end to end"),
)


def both(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}


def people() -> list[Person]:
    rows = (
        (
            "Claire Amiel",
            both("présidente du directoire", "chair of the board"),
            "Port Démo",
            "chair",
        ),
        ("Youssef Benali", both("vice-président", "vice-president"), "Chambre Démo", "titular"),
        (
            "Hélène Castan",
            both("directrice de la recherche", "head of research"),
            "Université Démo",
            "titular",
        ),
        (
            "Marc Dufour",
            both("directeur général adjoint", "deputy director"),
            "Métropole Démo",
            "alternate",
        ),
        ("Inès Garcin", {}, "Région Démo", "titular"),
    )
    voting = [
        Person(name=name, function=function, partner=both(partner, partner), capacity=capacity)
        for name, function, partner, capacity in rows
    ]
    observer = Person(
        name="Paul Hardy",
        partner=both("Banque Démo", "Demo Bank"),
        capacity="titular",
        voting=False,
    )
    return [*voting, observer]


def project(rank: int) -> ProjectSheet:
    french, english = NAMES[rank % len(NAMES)]
    health = HEALTHS[rank % 4]
    troubled = health in ("rainy", "stormy")
    return ProjectSheet(
        key=f"DEMO-P{rank + 1:02}",
        title=both(f"{french}" if rank < 8 else f"{french} ({rank + 1})", english),
        state="in_progress",
        series=both("Série 2026", "Series 2026"),
        lead=both("Port Démo", "Demo Port"),
        partners=[
            Person(name="Métropole Démo", function=both("appui technique", "technical support")),
            Person(name="Université Démo", function=both("évaluation", "evaluation")),
        ],
        goals=[
            both(
                "Performance économique et environnementale du port",
                "Economic and environmental performance",
            )
        ],
        frameworks=[
            both("Agenda du développement économique métropolitain", "Metropolitan economic agenda")
        ],
        place=both("Bassins Est, Marseille", "Eastern docks, Marseille"),
        start="2025-09-01",
        end="2028-06-30",
        purpose=both(
            "Réduire les émissions des navires à quai et donner aux riverains une mesure publique, jour après jour.",
            "Cut the emissions of ships at berth and give neighbours a public measure, day after day.",
        ),
        report=Report(
            period=both("3e trimestre 2026", "3rd quarter of 2026"),
            version=1 + rank % 2,
            accepted_on="2026-10-12",
            health=health,
            completion=35 + rank % 5 * 10,
            summary=both("Deux postes à quai sont équipés.", "Two berths are equipped."),
            next_steps=both(
                "Réception des essais en novembre, puis pose des bornes sur le troisième poste.",
                "Acceptance of the tests in November, then bollards on the third berth.",
            ),
            achievements=both(
                "Les travaux de génie civil sont terminés sur deux postes. Les essais à pleine charge ont "
                "commencé le 15 septembre avec deux armateurs volontaires.\n\nLa mesure de l’air "
                "est publiée chaque jour.",
                "Civil works are finished on two berths. Full-load tests began on 15 September with two shipowners.",
            ),
            cause=both(
                "Le poste source n’est livrable qu’en mars : le fournisseur a perdu une commande de transformateurs.",
                "The substation can only be delivered in March: the supplier lost an order of transformers.",
            )
            if troubled
            else {},
            ask=both(
                "Autoriser le report du jalon « Mise sous tension » au 31 mars 2027 et inviter le gestionnaire de "
                "réseau à la prochaine séance.",
                "Allow the milestone “Power on” to move to 31 March 2027.",
            )
            if troubled
            else {},
        ),
        history=[
            PastHealth(
                both(f"T{quarter} 2026", f"Q{quarter} 2026"),
                HEALTHS[(rank + shift) % 4 if shift < 0 else rank % 4],
            )
            for quarter, shift in ((1, -2), (2, -1), (3, 0))
        ],
        milestones=[
            Milestone(
                both("Études achevées", "Studies complete"),
                "2025-12-15",
                "2025-12-15",
                "2025-12-18",
            ),
            Milestone(
                both("Mise sous tension", "Power on"),
                "2026-12-15",
                "2027-03-31" if troubled else "2026-12-15",
                None,
                [
                    Slip(
                        "2026-09-30",
                        "2026-12-15",
                        "2027-03-31",
                        both("transformateurs non livrés", "transformers not delivered"),
                    )
                ]
                if troubled
                else [],
            ),
            Milestone(
                both("Généralisation à dix postes", "Rolled out to ten berths"),
                "2028-06-30",
                "2028-06-30",
            ),
        ],
        indicators=[
            Indicator(
                both("Escales branchées", "Calls connected"),
                both("escales par an", "calls a year"),
                "0",
                "42",
                "350",
                "2026-09-30",
            ),
            Indicator(
                both("Émissions évitées", "Emissions avoided"),
                both("t CO₂", "t CO₂"),
                "0",
                "1250.5",
                "12000",
                "2026-09-30",
            ),
            Indicator(both("Emplois créés", "Jobs created"), {}, None, None, "25"),
        ],
        money=[
            Contribution(
                both("Région Démo", "Demo Region"),
                both("Port Démo", "Demo Port"),
                "cash",
                "800000.00",
                "800000.00",
                "400000.00",
                "320000.00",
                "287450.20",
            ),
            Contribution(
                both("Métropole Démo", "Demo Metropolis"),
                both("Port Démo", "Demo Port"),
                "cash",
                "450000.50",
                "300000.00",
                None,
                None,
            ),
            Contribution(
                both("Université Démo", "Demo University"),
                {},
                "in_kind",
                "60000.00",
                "60000.00",
                None,
                None,
            ),
        ],
        risks=[
            Risk(
                both("Dépendance à un seul fournisseur", "Single supplier"),
                3,
                3,
                both("Second marché en préparation", "Second tender in preparation"),
            ),
            Risk(
                both("Acceptation par les riverains", "Acceptance by neighbours"),
                1,
                2,
                both("Réunion publique en janvier", "Public meeting in January"),
            ),
        ],
        demonstration=True,
    )


def snapshot(
    projects: int = 8, annexes: list[Annex] | None = None, languages: list[str] | None = None
) -> Snapshot:
    """A committee of eight items; the sheets are spread over items 3 to 6, the annexes over all."""
    sheets = [project(rank) for rank in range(projects)]
    share = max(1, -(-projects // 4))
    items = [
        Item(
            key=f"item-{number}",
            number=str(number),
            title=title,
            kind=kind,
            rapporteur=rapporteur,
            minutes=minutes,
            confidential=number == 7,
            carried_over_from="2026-06-18" if number == 5 else None,
            note=both(
                "Le comité est saisi de ce point après l’avis favorable du comité technique du 3 novembre.\n\n"
                "Trois questions restent ouvertes : le calendrier, la part de chaque financeur et la "
                "publication des mesures.",
                "The technical committee gave a favourable opinion on 3 November.",
            ),
            proposed_decision=decision,
            projects=[sheet.key for sheet in sheets[(number - 3) * share : (number - 2) * share]]
            if 3 <= number <= 6
            else [],
        )
        for number, (title, kind, rapporteur, minutes, decision) in enumerate(AGENDA, start=1)
    ]
    for rank, annex in enumerate(annexes or []):
        item = items[rank % len(items)]
        numbered = replace(annex, number=f"{item.number}.{len(item.annexes) + 1}")
        items[rank % len(items)] = replace(item, annexes=[*item.annexes, numbered])
    return Snapshot(
        meeting=Meeting(
            committee=both("Comité de pilotage", "Steering committee"),
            title=both("Deuxième séance de l’année 2026", "Second meeting of 2026"),
            on="2026-12-10",
            starts_at="14:30",
            ends_at="17:00",
            place=both("Palais de la Bourse, salle Phocéa", "Palais de la Bourse, Phocéa room"),
            demonstration=True,
        ),
        version=1,
        audience="full",
        prepared_at="2026-11-24T09:30:00+01:00",
        languages=languages or ["fr"],
        summons=Summons(
            sent_on="2026-11-24",
            text=both(
                "Madame, Monsieur,\n\nJ’ai l’honneur de vous convier à la séance du comité de pilotage "
                "du Smart Port.\n\n"
                "Si vous ne pouvez être présent, votre suppléant vous remplace ; à défaut, vous pouvez donner pouvoir.",
                "Dear member,\n\nYou are invited to the meeting of the steering committee.",
            ),
            quorum=both(
                "Le quorum est atteint avec quatre sièges représentés sur six.",
                "Quorum: four seats out of six.",
            ),
            people=people(),
        ),
        minutes=Minutes(
            meeting_on="2026-06-18",
            state="circulated",
            text=both(
                "Le comité s’est tenu en présence de cinq sièges sur six.",
                "Five seats out of six were present.",
            ),
            decisions=[
                Decision(
                    "2026-03",
                    "approved",
                    both(
                        "La série 2026 est approuvée avec huit projets.", "Series 2026 is approved."
                    ),
                ),
                Decision(
                    "2026-04",
                    "approved_with_conditions",
                    both(
                        "La convention est approuvée sous réserve de la délibération régionale.",
                        "The agreement is approved with conditions.",
                    ),
                ),
            ],
        ),
        actions=[
            Action(
                "A-12",
                both("Transmettre le plan de financement révisé", "Send the revised funding plan"),
                "Inès Garcin",
                both("Région Démo", "Demo Region"),
                "2026-10-31",
                "in_progress",
                late=True,
            ),
            Action(
                "A-13",
                both("Proposer une date de visite des quais", "Propose a date to visit the quays"),
                "Claire Amiel",
                both("Port Démo", "Demo Port"),
                "2026-12-31",
            ),
        ],
        since="2026-06-18",
        changes=[
            Change("health", "DEMO-P01", before="cloudy", after="sunny"),
            Change(
                "health",
                "DEMO-P04",
                before="cloudy",
                after="stormy",
                reason=both("transformateurs non livrés", "transformers not delivered"),
            ),
            Change(
                "date",
                "DEMO-P03",
                both("Mise sous tension", "Power on"),
                "2026-12-15",
                "2027-03-31",
                both("transformateurs non livrés", "transformers not delivered"),
            ),
            Change(
                "money",
                "DEMO-P02",
                both("Région Démo, reçu", "Demo Region, received"),
                "120000.00",
                "320000.00",
            ),
            Change(
                "risk_opened",
                "DEMO-P01",
                both("Dépendance à un seul fournisseur", "Single supplier"),
            ),
        ],
        items=items,
        sheets=sheets,
        attendance=people(),
    )


AGENDA = (
    (
        both("Approbation du relevé de décisions", "Approval of the minutes"),
        "approve_minutes",
        "Claire Amiel",
        5,
        both(
            "Le relevé de décisions du 18 juin 2026 est approuvé.",
            "The minutes of 18 June 2026 are approved.",
        ),
    ),
    (
        both("Avancement du portefeuille", "Progress of the portfolio"),
        "progress",
        "Secrétariat",
        20,
        {},
    ),
    (
        both("Approbation de la série 2027", "Approval of series 2027"),
        "approve_series",
        "Youssef Benali",
        30,
        both(
            "La série 2027 est approuvée. Ses projets sont rendus publics.",
            "Series 2027 is approved.",
        ),
    ),
    (
        both("Raccordement des quais : point d’étape", "Shore power: progress"),
        "progress",
        "Marc Dufour",
        15,
        {},
    ),
    (
        both("Convention de la Chaire Smart Port", "Agreement of the Smart Port Chair"),
        "approve_agreement",
        "Hélène Castan",
        25,
        both(
            "La convention est approuvée et ouverte à la signature.", "The agreement is approved."
        ),
    ),
    (both("Observatoire de l’air", "Air observatory"), "information", "Inès Garcin", 10, {}),
    (
        both("Candidature européenne", "European application"),
        "other",
        "Claire Amiel",
        15,
        both("Le comité autorise le dépôt.", "The committee allows the application."),
    ),
    (both("Questions diverses", "Other business"), "other", "", None, {}),
)


def annex_file(pages: int = 3, words: str = "Annexe", size: tuple[int, int] = (595, 842)) -> bytes:
    """A plain PDF whose page k says "<words> k"."""
    with pikepdf.new() as pdf:
        for number in range(1, pages + 1):
            page = pdf.add_blank_page(page_size=size)
            page.Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(
                    F1=pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.Type1,
                        BaseFont=pikepdf.Name.Helvetica,
                    )
                )
            )
            line = f"BT /F1 22 Tf 60 {size[1] - 90} Td ({words} {number}) Tj ET".encode("latin-1")
            frame = f"1 w 20 20 {size[0] - 40} {size[1] - 40} re S".encode()
            page.Contents = pdf.make_stream(line + b"\n" + frame)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def annex(
    content: bytes, pages: int, title: str = "Note technique", filename: str = "note.pdf"
) -> Annex:
    return Annex("", both(title, title), filename, hashlib.sha256(content).hexdigest(), pages)


def with_annexes(
    contents: list[bytes], projects: int = 8, languages: list[str] | None = None
) -> tuple[Snapshot, dict[str, bytes]]:
    """A snapshot with these files as annexes, "annexe-0.pdf" and so on, and the files by SHA-256."""
    annexes = []
    for rank, content in enumerate(contents):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            annexes.append(annex(content, len(pdf.pages), f"Pièce {rank}", f"annexe-{rank}.pdf"))
    files = {hashlib.sha256(content).hexdigest(): content for content in contents}
    return snapshot(projects, annexes, languages), files


def turned(content: bytes) -> bytes:
    return _each_page(content, Rotate=90)


def cropped(content: bytes) -> bytes:
    return _each_page(content, CropBox=pikepdf.Array([40, 100, 440, 842]))


def _each_page(content: bytes, **values: object) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            for name, value in values.items():
                page.obj[f"/{name}"] = value
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def moment() -> datetime:
    return datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
