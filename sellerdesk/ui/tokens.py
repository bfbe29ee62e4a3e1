"""The colours of the window, once for light and once for dark, as frozen values without Qt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours as '#RRGGBB'. The names say what a colour is for; widgets never spell a colour themselves."""

    dark: bool
    window: str
    rail: str
    base: str
    panel: str
    line: str
    line2: str
    control: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    on_accent2: str
    link: str
    select: str
    select_inactive: str
    hover: str
    chip: str
    chip_text: str
    amber_fill: str
    amber_text: str
    amber_mark: str
    red_fill: str
    red_text: str
    red_mark: str
    green_fill: str
    green_text: str
    green_mark: str
    live_band: str
    live_text: str
    test_band: str
    test_hatch: str
    test_text: str
    test_word: str
    test_on: str
    demo_band: str
    demo_hatch: str
    demo_text: str
    demo_word: str
    demo_on: str
    plot_held: str
    plot_released: str

    @property
    def button(self) -> str:
        """Fill of plain buttons and combo boxes."""
        return self.chip if self.dark else self.base

    @property
    def dim(self) -> tuple[int, int, int, int]:
        """Red, green, blue, and how much of it in per cent lies over a window below a dialog."""
        return (6, 8, 9, 62) if self.dark else (29, 35, 37, 46)


LIGHT = Tokens(
    dark=False,
    window="#F4F2EC",
    rail="#EBE8E0",
    base="#FFFFFF",
    panel="#FBFAF7",
    line="#E4E0D7",
    line2="#CDC8BC",
    control="#8A857A",
    text="#1D2325",
    text2="#575D5E",
    text3="#8F928E",
    accent="#0B5D6E",
    accent_hover="#094E5C",
    accent_pressed="#073E4A",
    on_accent="#FFFFFF",
    on_accent2="#CFE5E9",
    link="#0B5D6E",
    select="#D9EBEE",
    select_inactive="#E7E4DB",
    hover="#F6F4EF",
    chip="#ECE9E1",
    chip_text="#454B4C",
    amber_fill="#FBE9C6",
    amber_text="#7A4400",
    amber_mark="#B26A00",
    red_fill="#FADFDA",
    red_text="#981D15",
    red_mark="#C2372B",
    green_fill="#DDEEDF",
    green_text="#27643A",
    green_mark="#3A8353",
    live_band="#1D2325",
    live_text="#FFFFFF",
    test_band="#DDE6F5",
    test_hatch="#C3D3EE",
    test_text="#1B3A70",
    test_word="#234A8F",
    test_on="#FFFFFF",
    demo_band="#E4ECD9",
    demo_hatch="#BFD0A8",
    demo_text="#34501F",
    demo_word="#41622A",
    demo_on="#FFFFFF",
    plot_held="#A9BEC0",
    plot_released="#8A857A",
)

DARK = Tokens(
    dark=True,
    window="#222527",
    rail="#1B1E20",
    base="#17191B",
    panel="#1E2123",
    line="#303537",
    line2="#41474A",
    control="#7C8386",
    text="#ECE9E2",
    text2="#ACAEA9",
    text3="#6F7476",
    accent="#5CB8C9",
    accent_hover="#79C8D6",
    accent_pressed="#46A2B4",
    on_accent="#06242B",
    on_accent2="#0E3841",
    link="#72C4D3",
    select="#1B3A41",
    select_inactive="#2A2E30",
    hover="#1F2224",
    chip="#2E3335",
    chip_text="#C9CAC5",
    amber_fill="#3B2D13",
    amber_text="#F0B75A",
    amber_mark="#DE9F3B",
    red_fill="#46221D",
    red_text="#FF9D90",
    red_mark="#F0705F",
    green_fill="#1F3526",
    green_text="#8ECB9F",
    green_mark="#5FB079",
    live_band="#ECE9E2",
    live_text="#1D2325",
    test_band="#1E2A45",
    test_hatch="#2D3F68",
    test_text="#C9D9FA",
    test_word="#9DBBF2",
    test_on="#12203C",
    demo_band="#26301F",
    demo_hatch="#43543A",
    demo_text="#D3E6BF",
    demo_word="#B4D394",
    demo_on="#1B2613",
    plot_held="#47646A",
    plot_released="#8D9492",
)
