"""The catalogue of the open data in DCAT-AP 3, as JSON-LD with its context inside, or Turtle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartport.addresses import page_address
from smartport.navigation import SITE_NAME
from smartport.openness import LICENCE, Dataset, calendars, datasets, feeds
from smartport.openness.versions import Known, version_of
from smartport.openness.writers import MEDIA_TYPES

if TYPE_CHECKING:
    from rdflib import Graph, Literal, URIRef

EU = "http://publications.europa.eu/resource/authority"
FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GEOJSON"}
THEMES = ("GOVE", "TRAN")
PLACE = "http://sws.geonames.org/2995469/"  # Marseille
DATASETS_ON_PAGE = 100
PROFILE = "https://semiceu.github.io/DCAT-AP/releases/3.0.0/"
STANDARDS = {
    "csv": "https://www.rfc-editor.org/rfc/rfc4180",
    "geojson": "https://www.rfc-editor.org/rfc/rfc7946",
    "atom": "https://www.rfc-editor.org/rfc/rfc4287",
    "ics": "https://www.rfc-editor.org/rfc/rfc5545",
}
DICTIONARY = "projects:open_data"  # the page that explains every column
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FORMATS = {"jsonld": "json-ld", "ttl": "turtle"}


def pages() -> Paginator:
    return Paginator(datasets.names(), DATASETS_ON_PAGE)


def written(extension: str, page: Page, known: Known) -> str:
    graph = described(page, known)
    _paged(graph, page, extension)
    if extension == "jsonld":
        return graph.serialize(
            format="json-ld", context=PREFIXES, auto_compact=True, indent=1, sort_keys=True
        )
    return graph.serialize(format=FORMATS[extension])


def described(names: Iterable[str], known: Known) -> Graph:
    """The catalogue with these of its datasets; `known` spares asking twice when a model last changed."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph

    graph, names = Graph(), list(names)
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, override=True)
    catalog = _own("catalog")
    publisher = _publisher(graph)
    graph.add((catalog, RDF.type, DCAT.Catalog))
    graph.add((catalog, DCTERMS.publisher, publisher))
    graph.add((catalog, DCTERMS.license, _document(graph, LICENCE, DCTERMS.LicenseDocument)))
    graph.add((catalog, FOAF.homepage, _document(graph, f"{settings.SITE_URL}/", FOAF.Document)))
    for code in ("FRA", "ENG"):
        language = _document(graph, f"{EU}/language/{code}", DCTERMS.LinguisticSystem)
        graph.add((catalog, DCTERMS.language, language))
    graph.add((catalog, DCTERMS.spatial, _document(graph, PLACE, DCTERMS.Location)))
    _conforms(graph, catalog, PROFILE)
    _say(graph, catalog, SITE_NAME, SITE_NAME)
    service = _service(graph, publisher)
    graph.add((catalog, DCAT.service, service))
    for name in names:
        changed = version_of(datasets[name].changes_with, known=known).on
        node = _dataset(graph, name, datasets[name], publisher, changed)
        graph.add((catalog, DCAT.dataset, node))
        graph.add((service, DCAT.servesDataset, node))
    for node in _followed(graph):
        graph.add((catalog, FOAF.page, node))
    return graph


def _paged(graph: Graph, page: Page, extension: str) -> None:
    """Where the other pages are, as harvesters look for it; nothing when this is all."""
    from rdflib import RDF, XSD, Literal, Namespace, URIRef

    hydra, all_pages = Namespace(PREFIXES["hydra"]), page.paginator
    if all_pages.num_pages == 1:
        return

    def at(number: int) -> URIRef:
        address = reverse("openness:catalog", args=[extension])
        return URIRef(f"{settings.SITE_URL}{address}?page={number}")

    view = at(page.number)
    graph.add((_own("catalog"), hydra.view, view))
    graph.add((_own("catalog"), hydra.totalItems, Literal(all_pages.count, datatype=XSD.integer)))
    graph.add((view, RDF.type, hydra.PartialCollectionView))
    graph.add((view, hydra.first, at(1)))
    graph.add((view, hydra.last, at(all_pages.num_pages)))
    if page.has_next():
        graph.add((view, hydra.next, at(page.next_page_number())))
    if page.has_previous():
        graph.add((view, hydra.previous, at(page.previous_page_number())))


def _dataset(
    graph: Graph, name: str, dataset: Dataset, publisher: URIRef, changed: datetime | None
) -> URIRef:
    from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Literal

    node = _own(name)
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.identifier, Literal(name)))
    graph.add((node, DCTERMS.publisher, publisher))
    graph.add((node, DCTERMS.spatial, _document(graph, PLACE, DCTERMS.Location)))
    frequency = _document(graph, f"{EU}/frequency/CONT", DCTERMS.Frequency)
    graph.add((node, DCTERMS.accrualPeriodicity, frequency))
    rights = _document(graph, f"{EU}/access-right/PUBLIC", DCTERMS.RightsStatement)
    graph.add((node, DCTERMS.accessRights, rights))
    _say(graph, node, dataset.title, dataset.summary)
    if changed:
        graph.add((node, DCTERMS.modified, Literal(changed.isoformat(), datatype=XSD.dateTime)))
    for theme in THEMES:
        graph.add((node, DCAT.theme, _concept(graph, f"{EU}/data-theme/{theme}")))
    for keyword in dataset.keywords:
        for literal in _both(keyword):
            graph.add((node, DCAT.keyword, literal))
    if dataset.page:
        page = _document(graph, page_address(dataset.page, settings.LANGUAGE_CODE), FOAF.Document)
        graph.add((node, DCAT.landingPage, page))
    dictionary = page_address(DICTIONARY, settings.LANGUAGE_CODE)
    _conforms(graph, node, f"{dictionary}#dictionary-{name}")
    for extension in dataset.formats:
        graph.add((node, DCAT.distribution, _distribution(graph, name, dataset, extension)))
    return node


def _distribution(graph: Graph, name: str, dataset: Dataset, extension: str) -> URIRef:
    from rdflib import DCAT, DCTERMS, RDF, RDFS, Literal, URIRef

    node = _own(f"{name}.{extension}")
    address = _document(graph, f"{settings.SITE_URL}/open-data/{name}.{extension}", RDFS.Resource)
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCAT.accessURL, address))
    graph.add((node, DCAT.downloadURL, address))
    graph.add((node, DCTERMS.license, URIRef(LICENCE)))
    media_type = (
        f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[extension].partition(';')[0]}"
    )
    graph.add((node, DCAT.mediaType, _document(graph, media_type, DCTERMS.MediaType)))
    file_type = _document(
        graph, f"{EU}/file-type/{FILE_TYPES[extension]}", DCTERMS.MediaTypeOrExtent
    )
    graph.add((node, DCTERMS.format, file_type))
    for standard in (STANDARDS.get(extension), dataset.conforms_to.get(extension)):
        if standard:
            _conforms(graph, node, standard)
    for literal in _both(dataset.title):
        graph.add(
            (
                node,
                DCTERMS.title,
                Literal(f"{literal} ({FILE_TYPES[extension]})", lang=literal.language),
            )
        )
    return node


def _service(graph: Graph, publisher: URIRef) -> URIRef:
    from rdflib import DCAT, DCTERMS, RDF, RDFS, URIRef

    node = _own("api")
    index = _document(graph, f"{settings.SITE_URL}{reverse('api:index')}", RDFS.Resource)
    description = _document(graph, f"{settings.SITE_URL}{reverse('api:schema')}", RDFS.Resource)
    graph.add((node, RDF.type, DCAT.DataService))
    graph.add((node, DCAT.endpointURL, index))
    graph.add((node, DCAT.endpointDescription, description))
    graph.add((node, DCTERMS.publisher, publisher))
    graph.add((node, DCTERMS.license, URIRef(LICENCE)))
    told = _("Everything the pages show, for programs: the same data, the same rights.")
    _say(graph, node, _("Programming interface"), told)
    return node


def _followed(graph: Graph) -> Iterator[URIRef]:
    """The feeds and calendars, which are no files of a dataset."""
    from rdflib import DCTERMS, FOAF

    for kind, view_name, registry in (("atom", "feed", feeds), ("ics", "calendar", calendars)):
        for name in registry.names():
            node = _document(graph, _address(view_name, name), FOAF.Document)
            _conforms(graph, node, STANDARDS[kind])
            for title in _both(registry[name].title):
                graph.add((node, DCTERMS.title, title))
            yield node


def _publisher(graph: Graph) -> URIRef:
    from rdflib import FOAF, RDF, Literal

    node = _own("publisher")
    graph.add((node, RDF.type, FOAF.Agent))
    if publisher := settings.LEGAL["publisher"]:
        graph.add((node, FOAF.name, Literal(publisher)))
    else:
        for literal in _both(SITE_NAME):
            graph.add((node, FOAF.name, literal))
    return node


def _own(name: str) -> URIRef:
    from rdflib import URIRef

    return URIRef(f"{settings.SITE_URL}/open-data/catalog#{name}")


def _address(view_name: str, name: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'openness:{view_name}', args=[name])}"


def _document(graph: Graph, address: str, kind: URIRef) -> URIRef:
    """An address with its class, which the profile asks to be said."""
    from rdflib import RDF, URIRef

    node = URIRef(address)
    graph.add((node, RDF.type, kind))
    return node


def _conforms(graph: Graph, node: URIRef, standard: str) -> None:
    from rdflib import DCTERMS

    graph.add((node, DCTERMS.conformsTo, _document(graph, standard, DCTERMS.Standard)))


def _concept(graph: Graph, address: str) -> URIRef:
    from rdflib import RDF, SKOS, Literal, URIRef

    node = URIRef(address)
    graph.add((node, RDF.type, SKOS.Concept))
    graph.add((node, SKOS.prefLabel, Literal(address.rpartition("/")[2], lang="en")))
    return node


def _say(graph: Graph, node: URIRef, title: str | Promise, summary: str | Promise) -> None:
    from rdflib import DCTERMS

    for literal in _both(title):
        graph.add((node, DCTERMS.title, literal))
    for literal in _both(summary):
        graph.add((node, DCTERMS.description, literal))


def _both(text: str | Promise) -> Iterator[Literal]:
    from rdflib import Literal

    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield Literal(str(text), lang=code)
