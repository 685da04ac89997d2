"""Words that synthetic projects and reports are put together from, in French and English."""

WORKS = [
    ("Courant à quai", "Shore power"),
    ("Capteurs de bruit", "Noise sensors"),
    ("Partage de données", "Data sharing"),
    ("Navette fluviale", "River shuttle"),
    ("Guichet numérique", "Digital desk"),
    ("Suivi des conteneurs", "Container tracking"),
    ("Mesure de l’air", "Air measurement"),
    ("Engins électriques", "Electric vehicles"),
    ("Éclairage sobre", "Low-energy lighting"),
    ("Maquette numérique", "Digital model"),
    ("Formation des équipes", "Team training"),
    ("Itinéraire cyclable", "Cycling route"),
    ("Récupération de chaleur", "Heat recovery"),
    ("Toitures solaires", "Solar roofs"),
    ("Rendez-vous des camions", "Truck appointments"),
    ("Ombrières", "Shaded parking"),
    ("Biodiversité des digues", "Life on the breakwaters"),
    ("Sécurité des réseaux", "Network security"),
]
PLACES = [
    ("au quai des Salins", "at Les Salins quay"),
    ("à la darse du Rouet", "at Le Rouet basin"),
    ("au terminal de la Lave", "at La Lave terminal"),
    ("au môle des Tamaris", "at Les Tamaris pier"),
    ("au bassin du Levant", "at the Levant basin"),
    ("à la forme neuve", "at the new dry dock"),
    ("sur la zone de l’Anse", "in the Anse area"),
    ("à la gare maritime du Golfe", "at the Golfe passenger terminal"),
    ("au poste des Aiguades", "at Les Aiguades berth"),
    ("le long du canal des Salins", "along the Salins canal"),
]
AIMS = [
    ("réduire les émissions pendant l’escale", "cut emissions during calls"),
    ("raccourcir les délais de passage", "shorten transit times"),
    ("mieux informer les riverains", "keep neighbours better informed"),
    ("rendre les données fiables", "make data reliable"),
    ("préparer de nouveaux métiers", "prepare new trades"),
    ("consommer moins d’énergie", "use less energy"),
    ("rendre les accès plus sûrs", "make access safer"),
]
ACHIEVEMENTS = [
    "Les études sont terminées et validées.",
    "Les travaux avancent au rythme prévu.",
    "Les essais ont commencé avec deux équipes.",
    "Le marché est attribué.",
    "Les premiers utilisateurs donnent des retours favorables.",
    "Le matériel est livré et contrôlé.",
]
NEXT_STEPS = [
    "Poursuivre les essais.",
    "Former les équipes.",
    "Recevoir les travaux.",
    "Publier les résultats.",
    "Lancer la deuxième tranche.",
]
SUMMARIES = [
    ("Le projet avance selon son calendrier.", "The project is on schedule."),
    ("Les premiers essais sont concluants.", "The first trials are conclusive."),
    ("Les travaux ont commencé.", "Work has begun."),
    ("Une étape importante est franchie.", "An important step has been reached."),
    (
        "Le calendrier est revu ; l’objectif ne change pas.",
        "The schedule is revised; the aim stands.",
    ),
]
CAUSES = [
    "Un fournisseur livre en retard.",
    "Une autorisation se fait attendre.",
    "Le recrutement prend plus de temps que prévu.",
    "Le coût des matériaux a augmenté.",
]
ASKS = [
    "Appuyer la demande d’autorisation.",
    "Valider un nouveau calendrier.",
    "Examiner un complément de financement.",
]
MILESTONES = [
    ("Études", "Studies"),
    ("Marché attribué", "Contract awarded"),
    ("Travaux", "Works"),
    ("Essais", "Trials"),
    ("Mise en service", "In service"),
]
RISKS = ["Retard de livraison", "Hausse des coûts", "Autorisation tardive", "Compétences rares"]
INDICATORS = [
    ("DEMO-SI1", "Énergie économisée", "Energy saved", "MWh", "MWh"),
    ("DEMO-SI2", "Émissions évitées", "Emissions avoided", "t", "t"),
    ("DEMO-SI3", "Personnes formées", "People trained", "personnes", "people"),
    ("DEMO-SI4", "Jeux de données partagés", "Shared data sets", "jeux", "sets"),
    ("DEMO-SI5", "Escales concernées", "Port calls concerned", "escales", "calls"),
]
ORGANISATIONS = [
    ("Compagnie", "company"),
    ("Syndicat mixte", "public_establishment"),
    ("Laboratoire", "university"),
    ("Union", "association"),
    ("Communauté", "metropolis"),
]
NAMES = [
    "du Levant",
    "du Couchant",
    "des Salins",
    "de la Lave",
    "du Rouet",
    "des Tamaris",
    "de l’Anse",
    "des Aiguades",
]
