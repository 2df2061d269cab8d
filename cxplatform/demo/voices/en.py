"""What Aurora's customers write in English: topic → tone → sentences."""

SAID = {
    "checkin": {
        "good": (
            "Three taps in the app and I had my seat.",
            "Bag tag, boarding pass and security fast track in two minutes flat.",
            "The new check-in finally remembers my passport.",
        ),
        "bad": (
            "The app logged me out twice while I was checking in.",
            "One open desk for two departures, and the kiosks were dark.",
            "I typed the same passport number four times before it was accepted.",
        ),
        "wish": (
            "Let me check in my whole family in one go.",
            "Keep my passport details so I don't type them every trip.",
        ),
    },
    "boarding": {
        "good": (
            "Boarding by rows, calm and on time, nobody pushing.",
            "The gate staff sorted out my stroller before I could ask.",
            "We were all seated ten minutes before departure.",
        ),
        "bad": (
            "We stood on the stairs for a quarter of an hour and nobody said why.",
            "The gate changed twice and only the second one was announced.",
            "Group numbers were called and then everybody boarded at once.",
        ),
        "wish": ("A message on my phone when the gate changes.",),
    },
    "crew": {
        "good": (
            "The crew noticed I was nervous and came back to check on me.",
            "Warm, quick and never in the way.",
            "The purser found me a quiet row for my sleeping son.",
        ),
        "bad": (
            "I pressed the call button twice and gave up.",
            "The announcement about the delay sounded as if it were our fault.",
            "Nobody came by with water on the whole flight.",
        ),
        "wish": ("One more round with water on the longer flights.",),
    },
    "seat": {
        "good": (
            "More room for my knees than on any other airline I fly.",
            "Slept for five hours, which never happens to me on a plane.",
            "The power socket worked and the table was clean.",
        ),
        "bad": (
            "The seat would not stay upright, so I held it with my feet.",
            "My knees touched the seat in front for three hours.",
            "The cushion is worn out in the first rows of Eco.",
        ),
        "wish": ("A footrest and a working socket in every row.",),
    },
    "food": {
        "good": (
            "The cardamom bun alone is worth the flight.",
            "A hot vegetarian meal that tasted of something.",
            "Good coffee, served again without asking.",
        ),
        "bad": (
            "By row 20 there was only a dry sandwich left.",
            "I ordered a vegetarian meal and got ham.",
            "Paying for water on a four-hour flight feels mean.",
        ),
        "wish": (
            "Let me choose my meal before the flight.",
            "Free water on flights over two hours.",
        ),
    },
    "baggage": {
        "good": (
            "My bag was already on the belt when I got there.",
            "They told me where my bag was at every step.",
            "The skis arrived together with the suitcases, unharmed.",
        ),
        "bad": (
            "Fifty minutes at the belt and no word from anyone.",
            "My bag stayed behind and I heard it from a stranger.",
            "Two wheels gone, and the claims desk was closed.",
        ),
        "wish": ("Show me on my phone when the bags come off.",),
    },
    "punctual": {
        "good": (
            "On time both ways, in January, in Oslo.",
            "We left late and still landed early.",
            "The delay was explained at once, so nobody minded.",
        ),
        "bad": (
            "Two hours late, and the first message came after one of them.",
            "I missed my connection by six minutes and was sent to a queue.",
            "Third delay in a row on the Friday evening flight.",
        ),
        "wish": ("Tell me about a delay before I leave home.",),
    },
    "price": {
        "good": (
            "The price I saw was the price I paid.",
            "Changing my return flight cost nothing and took a minute.",
            "Points that can be used without a spreadsheet.",
        ),
        "bad": (
            "Seat, bag, seat again: in the end it cost twice the fare.",
            "My points expired the week before I wanted to use them.",
            "The fare jumped between two clicks.",
        ),
        "wish": ("Show the family total before we choose seats.",),
    },
}
