"""What Aurora's customers write in Malay: topic → tone → sentences."""

SAID = {
    "checkin": {
        "good": (
            "Tiga kali tekan sahaja, tempat duduk sudah dipilih.",
            "Tag bagasi dan pas masuk siap dalam dua minit tanpa beratur.",
            "Daftar masuk yang baharu akhirnya mengingati pasport saya.",
        ),
        "bad": (
            "Aplikasi melog keluar saya dua kali semasa daftar masuk.",
            "Satu kaunter sahaja untuk dua penerbangan, dan kiosk pula tertutup.",
            "Nombor pasport yang sama ditaip empat kali baru diterima.",
        ),
        "wish": (
            "Biar saya daftar masuk untuk seluruh keluarga sekali gus.",
            "Simpan butiran pasport supaya tidak perlu ditaip setiap kali.",
        ),
    },
    "boarding": {
        "good": (
            "Naik pesawat ikut baris, tenang dan tepat pada masanya.",
            "Petugas di pintu terus membantu dengan kereta sorong anak saya.",
            "Sepuluh minit sebelum berlepas semua sudah duduk.",
        ),
        "bad": (
            "Kami berdiri di tangga selama lima belas minit tanpa penjelasan.",
            "Pintu bertukar dua kali, tetapi diumumkan sekali sahaja.",
            "Nombor kumpulan dipanggil, kemudian semua orang masuk serentak.",
        ),
        "wish": ("Hantar mesej ke telefon apabila pintu bertukar.",),
    },
    "crew": {
        "good": (
            "Anak kapal perasan saya gementar dan datang bertanya khabar.",
            "Mesra, pantas dan tidak mengganggu.",
            "Ketua pramugari mencarikan baris yang tenang untuk anak saya yang tidur.",
        ),
        "bad": (
            "Saya tekan loceng dua kali, tiada siapa datang.",
            "Pengumuman kelewatan itu seolah-olah menyalahkan kami.",
            "Sepanjang penerbangan tiada siapa membawa air.",
        ),
        "wish": ("Tambah satu pusingan air untuk penerbangan yang lebih jauh.",),
    },
    "seat": {
        "good": (
            "Ruang lutut lebih luas daripada syarikat lain.",
            "Saya tidur lima jam, jarang berlaku dalam pesawat.",
            "Soket berfungsi dan meja bersih.",
        ),
        "bad": (
            "Tempat duduk tidak dapat ditegakkan, saya tahan dengan kaki.",
            "Tiga jam lutut saya terkena kerusi di hadapan.",
            "Kusyen di baris hadapan Eco sudah lusuh.",
        ),
        "wish": ("Tempat letak kaki dan soket yang berfungsi di setiap baris.",),
    },
    "food": {
        "good": (
            "Roti kayu manis itu sahaja sudah berbaloi.",
            "Hidangan sayur yang panas dan ada rasa.",
            "Kopi sedap dan ditambah tanpa diminta.",
        ),
        "bad": (
            "Sampai baris 20, yang tinggal hanya roti kering.",
            "Saya pesan makanan halal, tetapi tiada dalam senarai.",
            "Bayar untuk air pada penerbangan empat jam, kedekut betul.",
        ),
        "wish": (
            "Biar saya pilih makanan sebelum penerbangan.",
            "Air percuma untuk penerbangan melebihi dua jam.",
        ),
    },
    "baggage": {
        "good": (
            "Beg saya sudah ada di karusel ketika saya sampai.",
            "Saya diberitahu di mana beg saya pada setiap peringkat.",
            "Papan luncur sampai bersama beg, tanpa rosak.",
        ),
        "bad": (
            "Lima puluh minit menunggu di karusel tanpa sebarang makluman.",
            "Beg saya tertinggal dan saya tahu daripada penumpang lain.",
            "Dua roda beg hilang, kaunter tuntutan pula sudah tutup.",
        ),
        "wish": ("Tunjukkan pada telefon bila beg akan keluar.",),
    },
    "punctual": {
        "good": (
            "Pergi dan balik tepat masa, walaupun musim sibuk.",
            "Berlepas lewat tetapi tiba awal.",
            "Kelewatan dijelaskan dengan segera, jadi tiada siapa marah.",
        ),
        "bad": (
            "Lewat dua jam, mesej pertama hanya tiba selepas sejam.",
            "Terlepas sambungan enam minit dan disuruh beratur.",
            "Kali ketiga berturut-turut lewat pada malam Jumaat.",
        ),
        "wish": ("Maklumkan kelewatan sebelum saya keluar rumah.",),
    },
    "price": {
        "good": (
            "Harga yang dilihat itulah harga yang dibayar.",
            "Tukar penerbangan balik percuma dan siap dalam seminit.",
            "Mata ganjaran mudah digunakan tanpa perlu mengira.",
        ),
        "bad": (
            "Tempat duduk, beg, tempat duduk lagi: akhirnya dua kali ganda tambang.",
            "Mata saya luput seminggu sebelum saya hendak guna.",
            "Tambang naik antara dua klik.",
        ),
        "wish": ("Tunjukkan jumlah untuk sekeluarga sebelum memilih tempat duduk.",),
    },
}
