//! The words of the profile's languages in Latin letters.

pub(super) const ENGLISH: &str = "\
    the of to in and a for on 's is with as at by from after over be it are was has that have not will his he its an \
    who says this they say we what new but more up out you their were about i or why how than been could her she all \
    into amid one two no first 't had can may against would before which year years day days week month time when \
    where there if so our your us him them my me do does did just only also most some other such between under \
    during since until while through off down back now still here these those then because being both each few every \
    much many any very too own same again once never said told asks urges warns calls call called killed kills kill \
    dead deaths death dies died hit hits strike strikes attack attacks attacked fighting fight war peace truce \
    ceasefire deal talks talk meeting meet meets agree agrees agreed sign signs signed forces troops soldiers army \
    military defence defense minister ministry president prime government leader leaders parliament court police \
    people man woman men women children family life lives home house city town country world state states news live \
    latest breaking update report reports reported reporting watch video photos opinion analysis explained top win \
    wins won lose loses lost beat beats match team cup league season game goal goals player players coach final \
    election elections vote votes voting results race campaign poll polls rule rules law ban bans plan plans crisis \
    case cases virus vaccine pandemic outbreak health hospital test tests positive lockdown restrictions school \
    schools economy economic price prices oil gas market markets stocks trade bank rate rates rise rises fall falls \
    fell drop drops record high low million billion percent weather storm snow rain flood floods fire quake \
    earthquake crash plane ship border region south north east west southern northern eastern western foreign \
    international security human rights group groups aid help support power energy nuclear sanctions claim claims \
    deny denies denied accuse accuses accused blame blames face faces facing make makes made take takes took taken \
    get gets got go goes going come comes coming leave leaves leaving left return returns open opens opened close \
    closes closed end ends ended start starts started begin begins set sets put puts keep keeps see sees seen show \
    shows shown find finds found know think want wants need needs give gives given look looks long last next early \
    late old big small good best bad great part place way right another near across around despite without within \
    according officials official statement spokesman thousands hundreds dozens least injured wounded missing rescued \
    arrested detained charged released held shot shooting bomb bombing blast explosion protest protests protesters \
    rally crowd anniversary history future question questions answer story stories book film music art king queen \
    pope church always often ever almost already although however yet enough less several above below behind beside \
    beyond upon toward towards whose whom whether either neither nor unless though thus rather quite perhaps let \
    lets kept work works working worked use used uses using helps helped move moves moved turn turns turned run runs \
    running ran hold holds read write wrote written play plays played pay pays paid buy sell sold send sent bring \
    brought build built cut cuts change changes changed raise raises raised lead leads led follow follows following \
    hope hopes fear fears stay stays remain remains remained become becomes became believe saying thing things \
    something nothing anything everyone someone money number numbers job jobs company companies business worker \
    workers industry service services members member public private local national federal social political free \
    full major key senior chief head deputy spokesperson secretary senator mayor governor candidate voters ballot \
    administration committee council charges trial judge jail prison sentence sentenced guilty murder victim victims \
    suspect crime drug drugs driver car road air airport flight flights passengers travel water food land sea island \
    mountain river street student students teacher teachers university study research scientists science technology \
    online internet website phone app night morning evening afternoon hours minutes second third fourth half quarter \
    double triple young older elderly white black red green blue hot cold warm dry wet heavy strong weak deadly \
    fatal serious severe possible likely unlikely ready able unable agreement demand demands demanded offer offers \
    offered reject rejects rejected accept accepts approve approves approved vow vows pledge pledges threaten \
    threatens threat threats risk risks concern concerns alert warning emergency rescue search evacuate evacuated \
    damage damaged destroyed destroy collapse collapses collapsed surge surges soar soars plunge plunges spike slump \
    growth recovery tax taxes budget debt spending investors shares firm firms launch launches launched announce \
    announces announced reveal reveals revealed confirm confirms confirmed discuss discusses discussed visit visits \
    visited welcome welcomes mark marks celebrate celebrates mourn mourns remember remembered tribute born married \
    birthday award awards prize festival star stars actor singer director writer artist champion champions \
    championship title medal manager injury squad club clubs fans stadium shelling shells missile missiles drone \
    drones tank tanks frontline occupied territory territories breakaway disputed conflict clashes clash fierce \
    ongoing peacekeepers peacekeeping mediator mediators envoy embassy ambassador refugee refugees displaced \
    civilians civilian prisoners exchange handed withdraw withdrawal withdraws territorial recognise recognize \
    independence resolution corridor village villages buried cemetery volunteers actually along among anyone area \
    areas arms asking author available average baby base based basis began blow body brief broken brother brothers \
    building buildings burned burning bus busy care career carried carry catch caught cause caused causes centre \
    center central century chance charge child choice choose citizen citizens clear clearly college comment comments \
    common community concert condition conditions control cost costs couple course cover create created culture \
    current currently daily danger dangerous daughter dear decade decades decide decided decision deep detail \
    details develop development difference different difficult direct direction doctor doctors dog done door doubt \
    dream due earth easy eat education effect effective effort efforts eight eleven else email empty enemy engine \
    enjoy entire escape especially event events everything evidence exactly example except expected experience \
    expert experts extra eye eyes faced fact factory failed failure fair faith fake famous farm father favourite \
    feel feeling felt female field fifty file filed fill finally financial fine finish fit five fix flag floor focus \
    force foot football forced forget form former forward four freedom fresh friend friends front fund funds funeral \
    funny further gave general generation girl girls giving glass gold gone gun guns hair hand hands hang happen \
    happened happens happy hard hardly hate heads hear heard hearing heart heavily height hell hide higher highest \
    himself hole holiday holy honest honor horse host hotel hour huge hundred hurt husband idea ideas identity image \
    images immediately impact important inside instead interest interview investigate investigation involved issue \
    issues itself join joined joint joins journalist journalists journey kid kids knew lack lady language large \
    largest later laugh lawyer lawmakers lawmaker learn learned letter letters level levels lie line lines link list \
    listen living loan location love luck main mainly male manage map marriage mass master material matter maybe \
    mean means meanwhile measure measures media memory mental message met method middle might mind mine minor \
    mistake mobile model modern moment moral mostly mother motion mouth multiple nation nations nature nearly neck \
    needed neighbour neighbours network nice nine nobody normal notes notice nowhere nurse object ocean offering \
    office officer officers operation opportunity opposition order orders ordered organisation original ourselves \
    outside pair paper parents partner partners parties party pass passed past patient patients pattern peaceful \
    performance period person phase photo picture pictures piece pieces places planned plant plants please poor \
    popular population position poverty practice prepare prepares present press pressure pretty prevent previous \
    probably problem problems process produce product production professor profit program programme progress project \
    projects promise proof proper property protect protection prove provide provided pull purpose push quality quick \
    quickly quiet quit radio range rare reach reaches reached reaction real reality really reason reasons receive \
    received recent recently reduce regional relations release religion religious rent replace request require \
    required response responsible result review rich ride ring rock role room rose round route royal rural sad safe \
    safety sale sales sat save saved scale scene schedule scheme score secret section seek seeks seem seems self \
    sense separate series seriously served session seven sex shape share shared shop short should shoulder shut sick \
    side sight silence silent similar simple simply sing single sister sit site situation six size skin sleep slow \
    slowly society soldier solution somebody sometimes son song soon sort sound source space speak speaks special \
    speech speed spent spokeswoman spot spread staff stage stand standing stands station status step steps sticks \
    stone stood stop stops stopped straight strange strategy structure struggle stuck style subject success \
    successful sudden suddenly suffer suffered suggest summer sun supply sure surface surprise survey survive \
    survived survivors system table talking target targets task teach tell ten term terms terrible terror thank \
    thanks themselves theory thin thinking thirty thought thousand threw throw ticket tie till times tiny tired \
    today tomorrow tonight tools total touch tour tower toys track traffic train training transport treatment tree \
    trees trip trouble true trust truth try trying tries twenty twice type types understand union unit united \
    unknown upset urban urgent user usual usually valley value various version view views violence violent visitors \
    voice wait waiting walk wall walls warned wave ways weapon weapons web wedding weekend weeks weight whatever \
    wide wife wild wind window winter wish wonder wood word words worse worst worth wounds writes wrong yesterday \
    zone";

pub(super) const FRENCH: &str = "\
    de la le les l' à d' et des en du un une est pour dans sur au que qui par a pas il qu' plus ce avec son se ne n' \
    s' aux sa ses ont sont c' on mais ou entre cette après comme leur été contre elle nous vous j' y tout je m' être \
    avoir fait faire sans ces ils leurs selon où si deux trois dont même depuis lors très bien encore aussi avant \
    peut quand sous chez vers toujours face jusqu' pourquoi comment quel quelle quels quelles toute tous toutes \
    notre votre nos vos mon ma mes moi lui eux était étaient sera seront avait avaient doit va vont dit veut faut \
    autre autres moins peu trop déjà ici là alors donc car ni rien jamais personne pendant plusieurs première \
    premier nouveau nouvelle nouveaux nouvelles guerre paix combats combat cessez feu trêve accord négociations \
    pourparlers rencontre sommet armée militaire militaires soldats soldat forces troupes frappe frappes attaque \
    attaques tirs mort morte morts tué tués tuée meurt décès décédé blessé blessés victimes attentat otages ministre \
    ministère président présidente présidentielle gouvernement parlement assemblée sénat député maire justice procès \
    tribunal police gendarmes enquête français française pays ville villes monde état états région frontière \
    étranger étrangers étrangère affaires défense intérieur sécurité élection élections vote résultats campagne \
    parti gauche droite direct vidéo photos info infos actualité alerte urgent exclusif tribune entretien analyse \
    vaccin vaccins virus épidémie pandémie malades santé hôpital hôpitaux confinement couvre masque cas positif \
    positive école écoles enfants enfant femme femmes homme hommes jeune jeunes vie année années an ans jour jours \
    semaine mois heure heures soir matin nuit lundi mardi mercredi jeudi vendredi samedi dimanche janvier février \
    mars avril mai juin juillet août septembre octobre novembre décembre victoire défaite bat battu battus gagne \
    perd remporte match équipe coupe ligue joueur joueurs finale but buts championnat entraîneur vainqueur titre \
    prix hausse baisse pétrole économie économique marché bourse emploi entreprise entreprises million millions \
    milliard milliards euros météo pluie neige tempête vent inondations incendie séisme accident avion train route \
    mer annonce annoncé appelle appel demande accuse dénonce condamne menace craint promet refuse reprend reprise \
    quitte quittent touche touché frappé frappée signe signé mis mise pris prise tombe tombé tombée passe passé \
    reçoit reçu élu élue jugé jugée soupçonné arrêté arrêtés interpellé manifestation manifestants grève colère \
    crise fin début suite retour ouverture fermeture fermé fermés ouvert lancé lance milliers centaines dizaines \
    quatre cinq six sept huit neuf dix delà grande grand grands petite petit mieux meilleur bon mauvais seul seule \
    historique haut bas loi droits église histoire livre cinéma musique avez avons suis es faites peuvent doivent \
    veulent savoir dire voir aller venir prendre mettre donner trouver rester devenir passer tenir porter parler \
    demander arriver rendre suivre ouvrir jouer gagner perdre vivre attendre permettre commencer finir aucun aucune \
    chaque certains certaines quelques tel telle quelqu' lorsqu' lorsque puisque quoi ainsi ailleurs autant assez \
    surtout seulement notamment environ presque près loin ensemble enfin hier demain aujourd' hui matinée journée \
    fois part point chose choses question questions problème gens personnes population habitants citoyens société \
    travail salariés ouvriers syndicats retraite réforme projet budget impôts dette croissance récession banque \
    banques argent investissement industrie usine usines agriculture énergie nucléaire gaz essence voiture voitures \
    routes transports avions aéroport vol vols passagers voyage tourisme eau alimentation sang île montagne rivière \
    rue château université étudiants élèves professeur professeurs enseignants science chercheurs étude études \
    recherche technologie internet téléphone réseaux sociaux site presse journal journaliste journalistes liberté \
    expression religion laïcité islam musulmans chrétiens catholique prêtre évêque juif juifs patrimoine culturel \
    culture festival artiste artistes acteur actrice chanteur chanteuse réalisateur écrivain sportif sport sports \
    champion champions championne médaille stade supporters blessure sélection club clubs victoires nul succès \
    exploit drame tragédie catastrophe dégâts secours pompiers évacués disparus disparu retrouvé retrouvée corps \
    agression viol meurtre assassinat assassiné suspect suspects prison condamné condamnée peine ferme avocat juge \
    plainte examen accusé accusés coupable libéré libérés détenus prisonniers échange retrait occupés territoire \
    territoires conflit affrontements bombardements obus missile missiles drones chars civils réfugiés déplacés \
    frontières médiation médiateurs ambassade ambassadeur diplomatie diplomatique sanctions résolution \
    reconnaissance indépendance souveraineté soutien appels appellent demandent dénoncent confirme confirmé révèle \
    révélé dévoile évoque estime assure affirme explique répond réclame exige propose adopte adopté rejette interdit \
    interdite autorise autorisé suspend suspendu annule annulé reporte reporté renforce prolonge prolongé instaure \
    décrète vise visé visée confronté fragilisé record dernier dernière derniers dernières prochain prochaine mère \
    vieux vieille belle beau long longue fort forte forts fortes faible grave graves lourd lourde libre plein pleine \
    possible impossible important importante mondial mondiale européen européenne européens américain américaine \
    américains russe russes turc turque turcs allemand britannique iranien iranienne arménien arménienne arméniens \
    azerbaïdjanais azerbaïdjanaise abandonne accidents accueil accueille achat actes acteurs action actions activité \
    activités actuel actuellement administration adresse adulte affaire âge agence agents aide aider aime air ait \
    ajoute allant allez amende ami amis amour ancien ancienne anciens animal animaux anniversaire annulation \
    apparaît appartement apprend apprendre appris appui arme armes arrêt arrêter arrivée arrive art article aspects \
    atteint attend attention attire augmentation augmente auprès auteur auteurs autorités autour autorité avance \
    avenir avis baby baisser bande base bateau bataille bâtiment besoin besoins bilan blanc blanche bois bonne \
    bonnes bord bras bruit bureau cadre café calme camp capable capitale caractère carrière carte catholiques cause \
    caché cela celle celles celui centre certain cesse ceux chaleur chambre champ chance change changement changer \
    chanson chant charge chargé chef chefs chemin cher cherche chercher cheval chien chiens chiffre chiffres choc \
    choix chute ciel cinquante circulation classe clé client clients climat coeur cœur collège collègues colline \
    combien comité commence commerce commerces commission commun communauté commune communes communication compagnie \
    comprendre compte compter concerne concert condition conditions conduite confiance conflits connaître connu \
    connue conseil conseils conséquences construction contact contenu contexte contrat contrôle conversation copie \
    côte côté coup coups courant cours course court courte coût coûte couleur création crée créé crime crimes \
    critique critiques croire croit cuisine culte danger dangereux danse date débat débats décide décidé décision \
    déclaration déclare déclaré découverte découvert découvre départ département déplacement députés désormais \
    désert dessus destin destruction deuil deuxième développement devant devenu devient devrait devra dieu \
    différence différent différente différents difficile difficiles difficulté difficultés directeur directrice \
    direction discours dispositif dispose distance division docteur document documents domaine domicile dommage \
    donne donné dossier double doute droit durée dur échapper échec économies écoute écrit écrire éducation effet \
    effets effort efforts égalité élève éléments employés encadre endroit énorme enquêteurs enseignement entend \
    entendu entrée envie envoi envoie envoyé épouse époque épreuve équipes erreur espace espèce espoir esprit essai \
    essentiel existe existence expérience expert experts explosion exposition extérieur facile façon faim fallait \
    familial famille familles fans fasse faute faux fermer fête feux fil fille filles film films fils fleurs foi \
    foot force fonction fonctionnement fond fondateur fonds football forêt forme formation foule foyer frais frère \
    frères froid fuite futur garde garder geste gestion glace globale goût gouvernements grâce gratuit groupe \
    groupes habitant hauteur heureux hiver hommage honneur horreur hors hôtel huile humain humaine humains idée \
    idées identifié images image impact importance impôt impose impression inauguration incident inconnu inquiète \
    inquiétude inquiétudes instant institution intention interdiction intérêt intérieure international \
    internationale invité isolé jardin jeu jeux joie joué juges jugement jusque juste laisse laisser langue large \
    lecture légende lettre lien liens lieu lieux ligne lignes limite liste lit local locale locaux logement lourds \
    lumière lutte lycée machine magasin magasins main mains maintenant maintien maison maisons maître majorité mal \
    malade malgré manière manque marche marcher mariage marque masques masse matériel matière mauvaise maximum \
    médecin médecins médias membre membres mémoire message mesure mesures méthode métier mètres militant mille \
    ministres minutes mobilisation mode modèle moindre moitié moment montée montre mot mots moteur mouvement moyen \
    moyens municipales mur musée musulman mystère naissance nature naturel nécessaire né nez niveau nom nombre \
    nombreuses nombreux nord normal note nuits numéro objectif objet obtenu obtient occasion océan odeur oeuvre \
    œuvre offre offrir officiel officielle oiseaux olympique ombre opération opérations opposition or ordre \
    organisation origine oublier oublié ouest ouverte paiement pain panne papier parc parcours pardon parents \
    parfait parfois parle parmi parole partage partenaires participer participation partie partir partis partout \
    passage patients patron pauvre pauvreté peau pêche peinture pense penser père perdu période permis permet \
    perspective perte pertes peuple peur photo pièce pied pieds pilote place places plage plan plans plantes plateau \
    pleure plupart poids poing policier policiers politique politiques populaire porte position poste pourrait \
    pourraient pouvoir pouvoirs pratique précise préfet préfecture premières prépare présence présent présente \
    présenté pression prétend preuve prévu prévue prévention primaire prince princesse principal principale priorité \
    privé problèmes procédure procureur production produit produits profit programme progrès promesse proche proches \
    producteur profession propos proposition propre protection protéger protocole province public publique publics \
    publié qualité quartier quartiers quasi quitter quotidien raison raisons rapide rapidement rappel rappelle \
    rapport rapports rare réaction réalité récemment reconnaît recours redoute réduire référendum refus regard \
    regarder régime règle règles regrette relation relations relance remercie remettre remplacer rencontres rendez \
    rentrée renfort rentre réponse représente république résistance respect responsable responsables ressources \
    reste restent restaurant restaurants restés résultat réunion réussi réussite rêve révélations révolution riche \
    risque risques robe roi rôle roman rouge rumeur rupture saison salaire salle salon sanitaire sauver sauvé \
    scandale scène scolaire secret secteur sein séjour sens sensible série sérieux service services siècle siège \
    signal signature silence simple simplement situation soeur sœur soin soins soirée soleil solution solutions sort \
    sortie sortir souffre souvenir souvent spectacle station statut stratégie style sud suivi sujet sujets suprême \
    sûr surprise surveillance survivants symbole système table taille tard technique télé télévision témoignage \
    témoignages témoin témoins température temps tendance tension tensions tente tentative terrain terre terres \
    terreur terrorisme terroriste terroristes test tests tête texte théâtre tient tiers tir tirage ton total tour \
    touristes tournage tournée tourne traces tradition trafic traite traitement trajet transfert transition \
    travailleurs travaux travers traverse tremblement trentaine trésor troisième trouve trouvé tuer type ultime \
    union unique unité univers urgence urgences usage utilise utilisation vacances vague valeur valeurs véhicule \
    véhicules vente ventes vérité verse vert verts victime vide vieil village villages vingt violence violences \
    violent virage visage visite vit vivant vive vivent voie voisin voisins voix volonté volontaires votants vrai \
    vraie vraiment vue zone zones";

pub(super) const TURKISH: &str = "\
    ve bir bu 'da için 'de ile 'nin da de çok ne son olarak 'dan 'den daha en var 'ın 'in 'ya 'a 'e 'ye 'nda 'nde \
    'ndan 'nden 'nun 'un 'ün 'ı 'i 'u 'nı 'yi 'yı 'daki 'deki gibi kadar sonra oldu olan ise yok değil mi mı ama o \
    her yeni ilk iki üç bin milyon kişi gün yıl ay saat nasıl neden kim kimdir nedir zaman kaç hangi nerede bugün \
    yarın dün artık şimdi hala yine bile karşı göre önce önemli büyük küçük arasında üzerine hakkında tarafından \
    dair etti edildi ediyor edecek edilecek yaptı yapıldı yapacak yapılacak oluyor olacak olması olduğu geldi \
    geliyor gelecek gitti gidiyor verdi veriyor verildi aldı alıyor alındı alınacak dedi diyor açıkladı açıklandı \
    açıklama açıklaması belli duyurdu söyledi konuştu görüştü görüşme görüşmesi görüşecek toplantı toplantısı \
    başladı başlıyor başlayacak başlattı bitti devam sürüyor çıktı çıkıyor çıkacak düştü düşüyor arttı artıyor artış \
    yükseldi yükseliyor geçti geçiyor girdi giriyor döndü dönüyor kaldı kalıyor buldu bulundu yakalandı yakalanan \
    gözaltına gözaltı tutuklandı tutuklama öldü öldürüldü ölü yaralı yaralandı hayatını kaybetti kaybı kayıp şehit \
    şehidi saldırı saldırısı saldırıya vuruldu vurdu bomba patlama patladı çatışma çatışmalar savaş savaşı barış \
    ateşkes anlaşma anlaşması anlaşmayı ordu ordusu asker askeri askerler füze operasyon operasyonu terör bakan \
    bakanı bakanlığı başkan başkanı cumhurbaşkanı başbakan hükümet meclis milletvekili parti genel dışişleri savunma \
    içişleri sağlık eğitim adalet milli türk dünya ülke ülkeler bölge bölgesi şehir köy ilçe il sınır doğu batı \
    kuzey güney dakika haber haberler haberi canlı izle video foto galeri flaş gündem spor maç maçı maçında takım \
    lig şampiyon şampiyonlar kupa gol puan galibiyet yendi mağlup kazandı kazanan transfer teknik direktör hakem \
    seçim seçimi seçimler oy sonuç sonuçları sonuçlar yeniden aday koronavirüs virüs salgın aşı aşısı vaka vakalar \
    vakası hasta hastane hastanede test yasak yasağı yasaklandı sokağa çıkma kısıtlama kısıtlaması tedbir okul \
    okullar öğrenci öğretmen dolar euro altın borsa lira faiz fiyat fiyatları fiyatı zam zammı ekonomi merkez \
    bankası enflasyon petrol hava durumu yağmur yağış kar fırtına sel deprem depremi büyüklüğünde sallandı yangın \
    yangını kaza kazası trafik uçak gemi çocuk kadın erkek genç aile anne baba insan polis mahkeme dava karar kararı \
    kanun yasa ceza suç iddia iddiası yanıt cevap tepki uyarı uyarısı çağrı çağrısı mesaj mesajı destek yardım \
    istifa atandı görev seçildi ziyaret ziyareti kutladı kutlama anma özel güncel binlerce yüzlerce kurtarıldı \
    kurtardı bulunan eden edilen olanlar yapılan istedi istiyor bekleniyor beklenen hazır mümkün şart sadece yalnız \
    birlikte beraber biz ben sen siz onlar onun bunu buna böyle şöyle işte hiç bütün tüm bazı diğer bana sana ona \
    bize size onlara beni seni bizi sizi kendi kendisi kendini herkes hiçbir biri birçok birkaç çoğu hep şey şeyi \
    şeyler zaten belki acaba ancak fakat lakin çünkü eğer oysa üzere rağmen dolayı dolayısıyla itibaren beri boyunca \
    doğru içinde içinden dışında üzerinde üzerinden altında yanında arkasında önünde öncesi sonrası sonunda \
    sırasında esnasında yer yeri yerine yerde yol yolu yolunda el eli elinden göz baş başı başına başında söz \
    sözleri sözü soru sorusu konu konusu konusunda durum durumda sorun sorunu nedeni nedeniyle sebep sonucu olay \
    olayı olayda olup olsa olmadı olmaz olmayan olabilir olursa olmalı olmuş oldular etmek etmedi edemedi edilmesi \
    edilmiş etmiş ettiği ettiğini ederek ediyoruz ederiz edeceğiz yapmak yapıyor yaptığı yapan yapmış yapın gelmek \
    gelen gelince gitmek giden gidecek vermek veren verecek verdiği almak alan alacak aldığı alınan çıkan çıkarıldı \
    çıkarıyor giren gören görüldü görülen gördü görüyor göründü bakın bakıyor bilmek biliyor bilinen bildirdi \
    bildirildi sordu anlattı anlatıyor paylaştı paylaşıldı eleştirdi savundu suçladı hedef hedefi aldılar uyardı \
    değerlendirdi belirtti vurguladı kaydetti ifade kullandı kullanılan izledi dinledi okudu yazdı öğrendi çalışma \
    çalışmaları çalışan çalışıyor işçi işçiler iş işi işsizlik maaş maaşı emekli asgari ücret vergi bütçe para \
    parası kredi şirket şirketi fabrika üretim ihracat ithalat yatırım satış satışı konut araç araçlar araba \
    otomobil yolcu otobüs tren metro köprü havalimanı uçuş sefer seferleri ulaşım su gıda ekmek et süt elektrik \
    doğalgaz enerji akaryakıt benzin motorin tarım hayvan köpek kedi kız oğlu kızı eşi kardeşi arkadaşı sevgilisi \
    genci ünlü oyuncu şarkıcı dizi dizisi film filmi yıldız yıldızı sanatçı kitap kültür sanat müze tarih tarihi \
    tarihinde müzik konser festival ödül ödülü üniversite üniversitesi öğrenciler sınav sınavı bilim bilimsel \
    araştırma uzman uzmanlar doktor prof teknoloji internet sosyal medya telefon uygulama hakkı hakları hukuk hâkim \
    savcı savcılık cezaevi hapis ağır müebbet tahliye cinayet cinayeti katil şüpheli şüphelisi uyuşturucu kaçak \
    kaçakçılık göçmen mülteci sığınmacı suriyeli rus ermeni azeri yunan fransız alman ingiliz işgal işgalci kurtuluş \
    zafer zaferi bayrak bayrağı kahraman gazi terörist teröristler etkisiz hale getirildi sınırında cephe cephede \
    tank drone siha iha jet helikopter düşürüldü imha vuran esir tutuklu takas diplomasi elçi büyükelçi müttefik \
    nato avrupa birliği yaptırım yaptırımlar karşılık provokasyon gerilim gerginlik masaya müzakere şehirler ilçede \
    ilinde mahallesi caddesi gece sabah akşam öğle hafta haftası pazartesi salı çarşamba perşembe cuma cumartesi \
    pazar ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık soğuk sıcak sıcaklık kuvvetli \
    sağanak fena güzel iyi kötü yüksek düşük uzun kısa yaşlı yaşında yaşındaki yaşayan yarısı üçüncü ikinci birinci \
    dördüncü gelişme gelişmesi gelişmeler resmi resmen kesin net tek bitiyor inanılmaz müthiş şok rekor kırdı \
    kırıldı tarihe dikkat çeken çekti sevindi üzdü korkuttu sevindirdi harekete düzenlendi düzenlenen tespit ele \
    geçirildi yola açıldı kapandı kapatıldı kapalı açık iptal ertelendi uzatıldı onaylandı onayladı reddetti kabul \
    yürürlüğe resmî yayımlandı böylece bundan ondan şundan buradan orada burada şurada oraya buraya nereye nereden \
    kimse kimler kimin neyi neye nedense öyle öylesine şayet ta ki tabii tekrar üstelik yalnızca yani yoksa zira \
    derken dahi falan filan gayet halde hem hemen henüz içindeki ilgili iyice kaçıncı kez defa kere kimi mesela \
    misal nitekim olduğunu olmadığını olacağını olduğundan olanları oldukça olsun onca önceki örneğin öteki pek peki \
    rastgele sanki şekilde şimdiye tane taraf tarafa türlü vardı varken vasıtasıyla yandan yapacağını yapılması \
    yapıldığı yoktu adı adını adam adamı ada ana anda anı arasındaki asıl aynı ayrı baktı basın başarı başarılı \
    bebek bebeği belge bilgi bilgiler bitki boş bölüm bölümü can canı cadde cezası cilt çağ çeşitli çevre çıkış \
    çizgi çocuğu çocuklar çocukları çözüm daire dağ değer değişiklik değişti değiştirdi deniz denizde ders dil dili \
    din dinî diş doğa doğdu doğum dolu dost düğün dünyanın dünyada düşünce düzen düzeni edebiyat eğitimi ekip \
    ekipler ekipleri eleman emir emri engel engelli eser eseri eserleri eski esnaf etki etkisi etkili ev evi evde \
    evinde evine evlendi fark farklı fayda fikir geçen geçiş geçirdi gelir geliri geniş gerçek gerçekleşti \
    gerçekleştirildi gerek gereken gerekli getirdi getiren giriş giyim göç göl gönderdi görevi görevden gösterdi \
    gösteren gösteriyor güç gücü güçlü günü günde güncellendi güneş güvenlik hal hali halk halkı hareket hatta \
    havası hayat hayatı hazırladı hazırlandı hazırlık hediye hizmet hizmeti hızlı hızla ihale ihtiyaç ilan iletişim \
    imkan imza imzaladı imzalandı inanç incelendi inceleme indirim ipucu isim ismi istek istemiyor itiraf kaçtı \
    kaldırıldı kalp kan kanser kanunu kapı kapsamında karanlık kardeş karşılaştı karşılaşma katıldı katılan katılım \
    kaynak kayıt kent kesildi kesti kilo kira kırmızı kitabı konum kontrol korkunç korku korona koruma köşe kriz \
    krizi kural kuruldu kurulu kurum kuvvet lider lideri liste listesi malı mali masum mektup mevcut mezun mimar \
    mutlu müdahale müdürü müjde mücadele nefes nokta noktası nüfus oda onay ortak ortaya oran oranı orman otel oyun \
    oyunu oyuncak ödeme ödemeleri ölen ölüm ölümü ömür öneri önlem önlemler örgüt örgütü özgür pahalı panik parça \
    park patron paylaşım plan planı plaj proje projesi rapor raporu rest renk resim ruh rüya rüzgar sabaha saç saf \
    sahibi sahip sahne sahte sahil saldırgan sanık santral satıldı satın savaşın sayı sayısı sayılı seçenek seçti \
    sektör serbest sergi sert ses sesi sevgi sevindiren seyahat sıfır sıra sınıf sinema siyaset siyasi skandal sokak \
    sokakta sona sonuçlandı söyleşi stok suçlama sunum süre süresi süreç süreci şarkı şartı şans şiddet şiddeti \
    şiddetli şölen tahmin tahmini takip taksi talep talebi talimat tamam tamamlandı tanık tanıdı tartışma tartışması \
    taşıdı taşındı tatil tavsiye tazminat tedavi tedavisi tehdit tehlike tehlikeli temas temel temizlik teslim \
    teşekkür toplam topladı toprak toprağa tören töreni tuttu tutar türü uçtu umut unutulmaz uygulandı uygulaması \
    üretti ürün ürünler üye üyesi vadi vakit vatan vatandaş vatandaşlar verdiler vergisi veri yağ yakın yaktı yalan \
    yanan yangında yansıdı yapı yapıt yarar yarış yarışı yasal yaş yaşam yaşandı yaşanan yayın yazar yazarı yazı \
    yemek yeşil yetki yıkıldı yıldönümü yılında yılın yılı yoğun yolcular yönetim yönetimi yönetmen yüz yüzde yüzü \
    zarar zengin zincir ziyaretçi zor zorunlu zorunda";

pub(super) const AZERBAIJANI: &str = "\
    və bir bu ilə üçün də da ki olub olunub edib o daha ən çox nə hər sonra kimi isə görə yeni ilk son iki üç min \
    milyon nəfər gün il ildə ay saat necə niyə kim nədir neçə harada hansı sabah dünən artıq indi hələ yenə hətta \
    qarşı qədər əvvəl mühüm böyük kiçik arasında üzərində haqqında haqda tərəfindən dair olan olaraq var yox yoxdur \
    deyil amma ancaq lakin belə edilib edir edəcək ediləcək olunur olunacaq olundu olacaq olur oldu etdi edildi \
    verib verir verildi veriləcək alıb alır alındı alınıb gəlib gəlir gələcək gəldi gedib gedir getdi deyib deyir \
    dedi bildirib bildirdi açıqlayıb açıqlama açıqlandı məlumat yayıb yayılıb danışıb danışdı görüşüb görüş görüşü \
    görüşüdü keçirilib keçirilir keçirildi keçiriləcək başlayıb başlayır başladı başlanıb bitib davam çıxıb çıxır \
    çıxdı çıxarılıb düşüb düşdü artıb artır qalxıb keçib keçir girib daxil qayıdıb qalıb tapılıb saxlanılıb tutulub \
    həbs ölüb öldü öldürülüb həlak vəfat yaralanıb yaralı yaralananlar şəhid şəhidlər itki hücum hücumu vurulub məhv \
    partlayış atəş atəşə atəşkəs döyüş döyüşlər müharibə müharibəsi sülh razılaşma razılıq bəyanat bəyanatı \
    imzalanıb imzaladı ordu ordusu ordumuz əsgər hərbi hərbçi hərbçilər qoşunlar raket düşmən işğal işğaldan azad \
    torpaq torpaqları nazir naziri nazirliyi nazirlər kabineti prezident prezidenti baş komandan hökumət parlament \
    deputat partiya xarici işlər müdafiə daxili səhiyyə təhsil dövlət milli azərbaycanın ermənistan ermənilər erməni \
    azərbaycan ölkə ölkələr dünya bölgə rayon rayonu rayonunda kənd kəndi kəndləri şəhər şəhəri şəhərində qəsəbə \
    sərhəd sərhəddə şərq qərb şimal cənub xəbər xəbərlər təcili video foto canlı gündəm oyun oyunu komanda çempion \
    liqa kubok qol qalib qələbə uduzdu uddu məğlub yığma seçki seçkilər səs nəticə nəticələri koronavirus virus \
    yoluxma yoluxub yoluxan vaksin peyvənd xəstə xəstəxana test karantin rejimi qadağa qadağan məktəb məktəblər \
    məktəblərdə şagird müəllim dərs dollar manat neft qaz qızıl qiymət qiyməti qiymətləri bahalaşıb ucuzlaşıb \
    iqtisadi iqtisadiyyat bank banklar hava yağış yağacaq qar külək külli zəlzələ yanğın yanıb qəza yol uşaq qadın \
    kişi gənc ailə ana ata insan insanlar xalq xalqı polis məhkəmə prokurorluq cinayət iş işi qanun qərar qərarı \
    cəza iddia cavab münasibət xəbərdarlıq çağırış çağırıb müraciət mesaj dəstək yardım istefa təyin vəzifə seçilib \
    səfər səfəri təbrik bayram günü xüsusi minlərlə onlarla azı ediblər olublar olunan edən edilən yalnız birlikdə \
    biz mən sən siz onlar onun bunu buna heç bütün bəzi digər vaxt bağlandı bağlanıb bağlı açıldı açılıb açılır \
    açılacaq olunmayıb mümkün lazım yenidən arasındakı bölgədə bakıda ölkədə dünyada zamanı vəziyyət vəziyyəti \
    məsələ məsələsi tarix sülhməramlılar sülhməramlı bizim bizimdir onların qəbul kanal 'da 'də 'dan 'dən 'nın 'nin \
    -da -də -dan -dən -nin -nın -ya -yə mənə sənə ona bizə sizə onlara məni səni bizi sizi özü özünü özünün hamı \
    hamısı biri çoxu şey əslində bəlkə yəni çünki əgər halda halbuki baxmayaraq üzrə etibarən bəri boyunca doğru \
    içində daxilində kənarında üstündə altında yanında qarşısında qarşısını əvvəlki sonrakı sonunda müddətində \
    ərzində yer yeri yerdə yerində yolu yolunda əl əli göz başı başına başında söz sözləri sualı sual mövzu barədə \
    barəsində səbəb səbəbi səbəbindən hadisə hadisəsi verən olmayıb olmaz olmayan ola bilər olsun olmalıdır etmək \
    etməyib edərək ediləcəkdir etdiyi etdiyini etdilər edirik edəcəyik görüb görən göstərib göstərir göstərdi bilib \
    bilir bilmir çatıb çatdı çatdırılıb aparılıb aparılır aparır aparıb qoyub qoyulub qurulub yaradılıb yaradılır \
    yaranıb yazıb yazır oxuyub dinləyib paylaşıb tənqid qeyd vurğulayıb söyləyib söylədi izah şərh cavablandırıb \
    təklif tələb təsdiq təsdiqləyib təkzib rədd dəstəkləyib pisləyib müzakirə görülən iştirak tədbir tədbirlər \
    layihə layihəsi proqram işçi işçilər maaş maaşı pensiya əmək vergi büdcə pul kredit şirkət şirkəti zavod \
    istehsal ixrac idxal sərmayə satış satılır mənzil avtomobil maşın sərnişin avtobus qatar körpü aeroport uçuş \
    reys nəqliyyat su ərzaq çörək ət süd elektrik enerji yanacaq benzin təsərrüfatı heyvan qız oğlu qızı həyat \
    yoldaşı qardaşı dostu məşhur aktyor müğənni serial film filmi ulduz kitab mədəniyyət incəsənət muzey tarixi \
    musiqi konsert festival mükafat universitet tələbə tələbələr imtahan elm tədqiqat mütəxəssis ekspert həkim \
    həkimlər texnologiya internet sosial şəbəkə telefon hüquq hüquqları hakim prokuror həbsxana azadlıqdan məhrum \
    qətl qətli qatil şübhəli narkotik qaçaqmalçılıq qaçqın qaçqınlar köçkün rus rusiyanın türk türkiyənin türkiyə \
    ermənistanın fransız alman ingilis zəfər qəhrəman bayraq bayrağı terror terrorçu sərhədində cəbhə cəbhədə tank \
    dron pilotsuz helikopter vuruldu əsir əsirlər mübadilə diplomatiya səfir səfiri səfirliyi müttəfiq avropa \
    ittifaqı sanksiya sanksiyalar təxribat gərginlik danışıqlar danışıqları razılığa təcavüz təcavüzkar təcavüzü \
    mülki dinc əhali əhaliyə yaşayış məntəqəsi məntəqələri mərmi mərmilər atıb atılıb artilleriya mövqe mövqeləri \
    mövqelərimiz birləşmələri silahlı qüvvələri qüvvələr bölmələri general polkovnik leytenant gecə səhər axşam \
    günorta həftə bazar ertəsi çərşənbə cümə axşamı şənbə yanvar fevral mart aprel may iyun iyul avqust sentyabr \
    oktyabr noyabr dekabr soyuq isti temperatur güclü yaxşı pis gözəl yüksək aşağı uzun qısa yaşlı yaşında birinci \
    ikinci üçüncü rəsmi rəsmən açıq qapalı ləğv təxirə salınıb uzadılıb təsdiqlənib qüvvəyə minib ciddi vacib əsas \
    ümumi ümumdünya beynəlxalq respublikası respublikasının milyonlarla milyard faiz artım azalıb azalma çempionatı \
    millimiz klub klubu futbol futbolçu məşqçi qapıçı hesabı hesabla komandası turnir finala yüksəldi medal medalı \
    bundan ondan burada orada buraya oraya haradan haraya kimsə kimlər kimin nəyi nəyə belədir elə eləcə əlavə \
    üstəlik yoxsa dərhal hərçənd həm həmçinin habelə hələlik hansısa öncə kifayət məsələn mütləq nəhayət nisbətən \
    olduğu olduğunu olacağını olmadığını olduqca öz özləri əvvəlcə tez tezliklə təxminən təkrar təkcə tərəf tərəfə \
    tərəfdən vasitəsilə yaxın yaxında yaxşıdır adı adını adam ad ada ağır alimi anası atası ayrı ayrıca bacı baxdı \
    baxıb baxır barışıq başa başçısı başqa bəlli bilik bina binası birgə bitirib boş böyüyüb bölmə can canını cəhd \
    cəmiyyət cəmi cərimə cəzası cihaz çağırdı çatdırıb çay çəkib çəkilib çəkildi çıxış çıxışı çıxarıldı çıxmaq \
    çoxdan dağ dağıdılıb dağıntı dağıntılar daşınıb dayandırılıb dayanıb dayanıqlı deputatı dəfə dəfn dəniz dənizdə \
    dəyər dəyişib dəyişiklik dəyişikliklər dəyişdi dəymiş din dil dili doğulub doğum döyüşdə döyüşçü döyüşlərdə \
    durum dövr dövrü dövründə düz düzgün düşmənə düşmənin ehtiyac elan elmi evi ev evdə eşidib ədəbiyyat əhval əks \
    əldə əleyhinə əlaqə əlaqədar əlaqələr əlil əməliyyat əməliyyatı əmin əmlak əmr ərazi ərazisi ərazisində ərazilər \
    əraziləri əsası əsər əsərləri əsgərləri fakt faktı fəaliyyət fəaliyyəti fərd fərqli fikir fikri fond forum \
    fürsət gedən gedəcək gənclər gəliri gəmi geniş genişləndi gəzdi girdi göndərib göndərilib görkəmli göstərici güc \
    günlərdə günləri gündə günəş hadisələr haqlı haqq hal halları hazırda hazır hazırlanıb heyəti hesabat hərəkət \
    hərəkəti həqiqət həyatı həyatını həyata hissə hissəsi hökmdar idarə idarəsi ifadə imkan imkanı imtina incə \
    informasiya inkişaf inkişafı istifadə istiqamət istiqamətində istəyir istədi itkin itirib izləyib kimlik \
    komissiya komitəsi konfrans kömək köməyi köçürülüb küçə küçəsi qadınlar qalan qalır qaldı qalmaqal qapı \
    qarşılanıb qarşılaşıb qatıldı qayda qaydada qaydası qeydə qəribə qəzet qoşulub qoruma qorxu qurban qurbanı qurum \
    qurumu quş lider lideri layiq liman maddə mahnı maliyyə maraq maraqlı mərasim mərasimi mərkəz mərkəzi mərhələ \
    məcburi məhdudiyyət məhsul məhz məktub məlum mənfi mərhum məruz məsləhət məsul məşğul mətbuat metro minik \
    müalicə müavini müddət müəyyən müəyyənləşib mümkündür müqavilə müraciəti müsahibə müstəqil müstəqillik nazirlik \
    nəşr nəzarət nümayəndə nümayəndəsi nüfuz oğlan oğul oxu on ordunun oxucu ölüm ölümü öyrənib özəl paytaxt \
    paytaxtda plan planı qəti rayonun razı redaktor rəhbər rəhbəri rəhbərliyi rəqəm rəy rəisi sabiq sakin sakini \
    sakinləri sahə sahəsi sahib salamat satıb satılıb savaş sayı sayt seçdi sevinc sənəd sənədi sərəncam sərgi sinif \
    sistem siyahı siyahısı siyasət siyasi söhbət stansiya stansiyası süni sürət sürücü süqut şərait şəraiti şəxs \
    şəxsi şəkil şəkli şikayət tamamilə tanınmış tarixdə tarixində tətbiq təhlükə təhlükəli təhlükəsizlik təmin təmir \
    təqdim tərk təsir təşkil təşkilat təşkilatı ticarət toplantı toplanıb toqquşma toqquşub toy turist türkiyədə \
    uçub uğur uğurlu ulduzu unudulmaz uşaqlar uşaqları ümid ürək üzv üzvü üzvləri vətən vətəndaş vətəndaşlar vəkil \
    verəcək verilən vurdu yaddaş yaradıcı yaralandı yarış yaş yaşayır yayıldı yazıçı yekun yerləşən yetişib yığıncaq \
    yola yolda yollar zədə zəng zərbə zərər zəruri ziyan ziyarət zorakılıq";
