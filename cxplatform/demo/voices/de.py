"""What Aurora's customers write in German: topic → tone → sentences."""

SAID = {
    "checkin": {
        "good": (
            "Drei Klicks und der Sitzplatz war da. So soll das sein.",
            "Kofferanhänger und Bordkarte in zwei Minuten, ganz ohne Schlange.",
            "Endlich merkt sich der Check-in meine Passdaten.",
        ),
        "bad": (
            "Die App hat mich beim Einchecken zweimal abgemeldet.",
            "Ein offener Schalter für zwei Flüge, und die Automaten waren aus.",
            "Viermal dieselbe Passnummer getippt, bis sie angenommen wurde.",
        ),
        "wish": (
            "Die ganze Familie auf einmal einchecken können.",
            "Passdaten bitte speichern, statt sie jedes Mal abzufragen.",
        ),
    },
    "boarding": {
        "good": (
            "Einsteigen nach Reihen, ruhig und pünktlich.",
            "Das Team am Gate hat sich sofort um den Kinderwagen gekümmert.",
            "Zehn Minuten vor Abflug saßen alle.",
        ),
        "bad": (
            "Eine Viertelstunde auf der Treppe gestanden, und niemand sagte, warum.",
            "Das Gate wechselte zweimal, durchgesagt wurde es einmal.",
            "Erst Gruppen aufrufen und dann alle gleichzeitig einsteigen lassen.",
        ),
        "wish": ("Eine Nachricht aufs Handy, wenn das Gate wechselt.",),
    },
    "crew": {
        "good": (
            "Die Crew hat gemerkt, dass ich Flugangst habe, und kam immer wieder vorbei.",
            "Herzlich, flink und nie aufdringlich.",
            "Für meinen schlafenden Sohn wurde eine ruhige Reihe gefunden.",
        ),
        "bad": (
            "Zweimal geklingelt, dann aufgegeben.",
            "Die Durchsage zur Verspätung klang, als wären wir schuld.",
            "Auf dem ganzen Flug kam niemand mit Wasser vorbei.",
        ),
        "wish": ("Auf längeren Flügen eine Runde Wasser mehr.",),
    },
    "seat": {
        "good": (
            "Mehr Platz für die Knie als bei allen anderen.",
            "Fünf Stunden geschlafen, das schaffe ich sonst nie.",
            "Steckdose ging, Tisch war sauber, mehr brauche ich nicht.",
        ),
        "bad": (
            "Die Lehne hielt nicht, ich habe sie mit den Füßen gestützt.",
            "Drei Stunden lang mit den Knien am Vordersitz.",
            "Die Polster vorn in der Eco sind durchgesessen.",
        ),
        "wish": ("Eine Fußstütze und in jeder Reihe eine Steckdose, die geht.",),
    },
    "food": {
        "good": (
            "Allein die Zimtschnecke ist den Flug wert.",
            "Ein warmes vegetarisches Essen, das nach etwas schmeckt.",
            "Guter Kaffee, und er wurde von selbst nachgeschenkt.",
        ),
        "bad": (
            "Ab Reihe 20 gab es nur noch trockene Brötchen.",
            "Vegetarisch bestellt, Schinken bekommen.",
            "Auf vier Stunden Flug für Wasser zu zahlen ist kleinlich.",
        ),
        "wish": (
            "Das Essen vor dem Flug aussuchen können.",
            "Wasser ohne Aufpreis, wenn der Flug über zwei Stunden dauert.",
        ),
    },
    "baggage": {
        "good": (
            "Der Koffer lag schon auf dem Band, als ich kam.",
            "Ich wusste bei jedem Schritt, wo mein Koffer ist.",
            "Die Skier kamen heil und zusammen mit den Koffern an.",
        ),
        "bad": (
            "Fünfzig Minuten am Band, und niemand wusste etwas.",
            "Mein Koffer blieb stehen, erfahren habe ich es von Mitreisenden.",
            "Zwei Rollen ab, und der Schalter war schon geschlossen.",
        ),
        "wish": ("Auf dem Handy sehen, wann die Koffer kommen.",),
    },
    "punctual": {
        "good": (
            "Hin und zurück pünktlich, und das im Januar.",
            "Spät los und trotzdem früher da.",
            "Die Verspätung wurde sofort erklärt, da war keiner böse.",
        ),
        "bad": (
            "Zwei Stunden zu spät, die erste Nachricht kam nach einer.",
            "Anschluss um sechs Minuten verpasst und in eine Schlange geschickt.",
            "Zum dritten Mal in Folge Verspätung am Freitagabend.",
        ),
        "wish": ("Von der Verspätung erfahren, bevor ich losfahre.",),
    },
    "price": {
        "good": (
            "Der Preis am Anfang war auch der Preis am Ende.",
            "Den Rückflug umbuchen: kostenlos und in einer Minute.",
            "Punkte, die man ohne Taschenrechner einlösen kann.",
        ),
        "bad": (
            "Sitz, Koffer, noch ein Sitz: am Ende doppelt so teuer.",
            "Meine Punkte verfielen eine Woche, bevor ich sie brauchte.",
            "Zwischen zwei Klicks wurde der Flug teurer.",
        ),
        "wish": ("Den Preis für die ganze Familie vor der Sitzwahl zeigen.",),
    },
}
