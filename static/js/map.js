// Where tiles are set: Leaflet over them instead of the drawing. The list beside it stays as it is.
function load(tag, attributes) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = done;
    element.onerror = failed;
    document.head.append(element);
  });
}

export async function start(box) {
  const { tiles, credit, leaflet, stylesheet } = box.dataset;
  try {
    await Promise.all([load("link", { rel: "stylesheet", href: stylesheet }), load("script", { src: leaflet })]);
  } catch {
    return; // the drawing stays
  }
  const L = window.L;
  box.hidden = false;
  const map = L.map(box, { scrollWheelZoom: false });
  L.tileLayer(tiles, { attribution: credit }).addTo(map);
  const places = [...document.querySelectorAll("[data-latitude]")].map((place) => {
    const at = [Number(place.dataset.latitude), Number(place.dataset.longitude)];
    const icon = L.divIcon({ className: "tag", html: place.dataset.number, iconSize: null });
    const mark = L.marker(at, { icon, title: place.dataset.name, alt: place.dataset.name }).addTo(map);
    mark.on("click", () => (location.hash = place.id));
    return at;
  });
  map.fitBounds(places, { padding: [30, 30], maxZoom: 13 });
  box.previousElementSibling?.remove();
}
