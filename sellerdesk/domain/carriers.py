"""The carriers we know by name, each with its own tracking page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carrier:
    """``code`` is stored, ``name`` shown and told to Stripe, ``host`` named on links, ``address`` holds {number}."""

    code: str
    name: str
    host: str
    address: str


CARRIERS = (
    Carrier("an_post", "An Post", "anpost.com", "https://www.anpost.com/Post-Parcels/Track/History?item={number}"),
    Carrier("bring", "Bring", "bring.com", "https://tracking.bring.com/tracking/{number}"),
    Carrier(
        "canada_post",
        "Canada Post",
        "canadapost.ca",
        "https://www.canadapost.ca/cpotools/apps/track/personal/findByTrackNumber?trackingNumber={number}",
    ),
    Carrier(
        "correos",
        "Correos",
        "correos.es",
        "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={number}",
    ),
    Carrier(
        "dhl_express",
        "DHL Express",
        "dhl.com",
        "https://www.dhl.com/global-en/home/tracking/tracking-express.html?submit=1&tracking-id={number}",
    ),
    Carrier(
        "dhl",
        "DHL Paket",
        "dhl.de",
        "https://www.dhl.de/en/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    ),
    Carrier("dpd", "DPD", "dpd.com", "https://www.dpd.com/tracking/{number}"),
    Carrier("fedex", "FedEx", "fedex.com", "https://www.fedex.com/fedextrack/?trknbr={number}"),
    Carrier("gls", "GLS", "gls-group.com", "https://gls-group.com/track/{number}"),
    Carrier("inpost", "InPost", "inpost.pl", "https://inpost.pl/sledzenie-przesylek?number={number}"),
    Carrier(
        "japan_post",
        "Japan Post",
        "japanpost.jp",
        "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1={number}&locale=en",
    ),
    Carrier("la_poste", "La Poste", "laposte.fr", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}"),
    Carrier("post_at", "Österreichische Post", "post.at", "https://www.post.at/sv/sendungsdetails?snr={number}"),
    Carrier(
        "poczta_polska", "Poczta Polska", "poczta-polska.pl", "https://emonitoring.poczta-polska.pl/?numer={number}"
    ),
    Carrier("postnl", "PostNL", "postnl.nl", "https://postnl.nl/tracktrace/?B={number}"),
    Carrier("postnord", "PostNord", "postnord.com", "https://tracking.postnord.com/en/tracking?id={number}"),
    Carrier(
        "royal_mail", "Royal Mail", "royalmail.com", "https://www.royalmail.com/portal/rm/track?trackNumber={number}"
    ),
    Carrier("swiss_post", "Swiss Post", "post.ch", "https://service.post.ch/ekp-web/ui/entry/search/{number}"),
    Carrier("ups", "UPS", "ups.com", "https://www.ups.com/track?tracknum={number}"),
    Carrier("usps", "USPS", "usps.com", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    Carrier(
        "yamato",
        "Yamato Transport",
        "kuronekoyamato.co.jp",
        "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id={number}",
    ),
)
