//! The words of their neighbours in Latin letters.

pub(super) const GERMAN: &str = "\
    der die und in den von zu das mit ist im für auf des ein nicht dem eine sich an auch es nach wie aus bei er sie \
    hat als am wird gegen um über vor einen zum zur noch nur sind war werden haben einer mehr wir bis unter durch \
    oder wenn kein keine was wer warum ich so aber sein seine ihr ihre kann soll will muss vom beim zwischen ohne \
    seit während neue neuer neuen jahr jahre jahren tage uhr heute krieg frieden waffenruhe tote toter getötet \
    verletzte angriff angriffe anschlag regierung minister präsident präsidentin kanzlerin bundesregierung wahl \
    wahlen polizei menschen kinder frau mann deutschland deutsche deutschen land stadt welt zahl fälle impfstoff \
    kämpfe kündigt meldet melden fordert warnt sagt stirbt gestorben gewinnt verliert schlägt siegt sieg trotz \
    wieder weiter drei vier fünf zwei erste ersten letzte schwere große wegen wohl jetzt hier alle steigt fällt \
    streit gespräche abkommen einigung unterzeichnet lage newsblog liveticker ab also alles anders außer bald \
    bereits besser bin bist da dabei damit dann daran darauf darf dazu dein denn deshalb dich dir doch dort du \
    dürfen eben einmal einige erst etwas euch euer fast ganz gar geht gemacht genau gibt groß gut hätte immer ins \
    jeder jedes kaum klar könnte können kommt kommen konnte lassen lässt leben machen macht man manche mehrere mein \
    meine mich mir möchte müssen nichts nie niemand ob oft sagte sehr sehen selbst solche sollen sollte sondern \
    statt stehen steht trotzdem tun überall unser unsere viel viele vielleicht voll wäre weil weniger welche \
    wirklich wissen wo wollen worden wurde wurden würde zeigt zeit zurück zusammen ukraine russland türkei eu usa \
    bund berlin partei schule schulen arbeit unternehmen wirtschaft milliarden millionen prozent preise mensch opfer \
    soldaten armee raketen grenze russische russischen türkische armenische sucht findet bekommt hält bleibt trainer \
    spiel spiele tor tore mannschaft bundesliga verletzt unfall feuer gericht urteil prozess";

pub(super) const SPANISH: &str = "\
    de la el en y a los que del se por con las un para una su al no es lo más como tras sus ha entre sobre este esta \
    pero ya o ser son fue era han desde hasta sin contra le me si muy también hay está están dos años año día días \
    cuando donde qué quién cómo nuevo nueva nuevos primera primer mejor mayor gobierno presidente ministro guerra \
    paz alto fuego acuerdo muertos muere murió mueren muerte heridos ataque ataques ejército elecciones gana pierde \
    vota resultados país países mundo ciudad policía personas mujeres hombre mujer niños vida casos vacuna pandemia \
    millones nacional estado estados unidos dice pide anuncia advierte denuncia llama llega deja suspende confirma \
    supera partido equipo gol precio sube baja crisis tiempo lluvia terremoto incendio ley juez tribunal todo todos \
    toda esto eso mientras durante ante hoy ayer nuestro ellos ella él uno otros otra porque según algo alguien \
    algunas algunos antes así aún aunque bajo bien cada casa casi cinco conocer cosa cosas cual cuál cualquier \
    cuanto cuatro da dar dejó dentro después dijo dio diez dónde ello embargo entonces eran ese esa estamos estar \
    estas estos estaba fueron fuera gran grande grandes hace hacer hacia haber había hecho hicieron hizo historia \
    hora horas información luego lugar manera mayoría mejores menos mes meses mil mismo misma momento muchas muchos \
    mucho nada ni ninguna noche nos nuestra nunca obra otras parte pasado pesar poco podría poder posible primero \
    primeros problema proceso pueblo pueda pueden puede pues quiere razón realizar sea segundo seguridad semana \
    sentido señor será sido siempre siglo sigue sistema sólo solo somos tan tanto tarde tener tenía tengo tiene \
    tienen tipo tomar trabajo través tres tuvo usted va vamos vez veces ver verdad vivir volver vuelve yo millón \
    euros dólares empresa empresas mercado salud hospital escuela escuelas fuerzas tropas rusia turquía frontera \
    soldados misiles coronavirus contagios fallecidos detenido juicio cárcel real barcelona jugador entrenador copa \
    liga final campeón victoria derrota nuestros éste ésta quiénes cuáles";

pub(super) const ITALIAN: &str = "\
    di e il la in che per un a del è non una i si con da le al ha della dei nel alla sono più come l' dell' anche \
    gli lo su ma dal delle se dalla nella ai dopo tra fra contro ancora essere stato stata cosa chi perché così \
    senza fino oggi ieri anni anno giorni due tre tutti tutto ecco nuovo nuova primo prima governo presidente \
    ministro guerra pace tregua accordo fuoco morto morti morta muore feriti attacco esercito elezioni vince perde \
    voto risultati paese mondo città polizia persone donna donne uomo bambini vita casi contagi vaccino pandemia \
    milioni italia italiani italiano dice chiede annuncia allarme bollettino arrestato incidente terremoto maltempo \
    pioggia prezzi squadra partita gol scuola legge all' nell' sull' dall' un' quest' c' d' questo questa quando \
    dove ore agli alcuni allo allora altra altre altri altro appena aveva avere bene ben caso casa cioè ci ciò coi \
    col comunque corso cui dagli dai dallo davanti davvero degli dello detto deve devono dire diversi diventa \
    durante ed ella era erano esempio essa esse esso fa fanno fare fatto fine fuori gente già giorno giovane grande \
    grandi hanno ho infatti insieme invece io là lavoro lei li lì loro lui mai me meglio meno mentre mesi mese mette \
    mi mia mila mio modo molti molto momento ne negli nei nello nessuno nessuna niente noi nostro nostra nulla ogni \
    ora ossia parte perciò però poco poi possono possibile può possa prendere presso proprio pubblico qua quale \
    quali qualche qualcosa quanto quanti quasi quella quelle quelli quello qui quindi s' sarà saranno sia siamo sei \
    sempre sera sì soltanto solo son sopra soprattutto sotto stati state stesso stessa sua sue sugli sui sul sulla \
    suo suoi tale tanto te tempo ti tipo tuo tutta tutte uomini ultima ultimi va vedere verso via viene vi voi volta \
    volte vuole euro regione comune comuni sindaco ospedale scuole aziende impresa mercato sicurezza russia turchia \
    confine soldati missili carabinieri arresto arrestati processo carcere calcio serie campionato giocatore \
    allenatore gara";

pub(super) const PORTUGUESE: &str = "\
    de a o e do da em que no na com para os um uma por dos as não é mais se ao das como após à são foi mas nos nas \
    ou pela pelo entre ser tem ter seu sua contra sobre já diz até também está estão há quem quando onde sem anos \
    ano dia dias dois novo nova novos primeiro primeira melhor governo presidente ministro ministra guerra paz \
    cessar fogo acordo mortos morre morreu morte feridos ataque ataques exército eleições eleição vence vota votos \
    resultados veja país países mundo cidade polícia pessoas mulher mulheres homem crianças vida casos vacina \
    vacinação pandemia milhões milhão mil estado nacional brasil portugal anuncia pede alerta confirma chega deixa \
    sobe cai jogo time gol preço preços crise tempo chuva terremoto lei justiça tribunal brasileiro brasileira \
    português ainda todos isso esta este pode podem foram fazer saiba vai situação região eleitoral municipais \
    militar russo agora algum alguma algumas alguns alto antes aquele aquela aqui assim através bem bom cada casa \
    caso cinco coisa coisas conta corpo cujo dar daquele dele dela deles dentro depois desde dessa desse desta deste \
    deve devem dizer disse duas durante ele ela eles elas embora enquanto era eram essa esse esses estar estava \
    estes eu exemplo faz fez fazem fim forma fora gente grande grandes haver havia hoje hora horas isto lá lado lhe \
    logo lugar maior maioria menos mês meses mesma mesmo momento muito muita muitos nada nem nenhum nenhuma nesse \
    nesta neste ninguém noite nossa nosso nunca obra ontem ora outra outras outro outros parte partir passado pelas \
    pelos pessoa pois pouco poder porque porém própria próprio qual quais qualquer quanto quatro quase quer questão \
    relação sempre sendo será serão seus suas só sob tal tanto tão tarde têm tenha tinha tipo toda todas todo \
    trabalho três tudo última últimos uns vem ver vez vezes você vocês dólares reais empresa empresas mercado saúde \
    hospital escola escolas segurança rússia turquia fronteira soldados mísseis coronavírus prefeito prefeitura \
    governador senado câmara deputados preso presos";

pub(super) const DUTCH: &str = "\
    de van het een en in is dat op te zijn voor met niet aan er om ook als dan maar bij uit nog naar over door wordt \
    tot of zich meer heeft worden was na geen wel kan hun deze we ze hij ik je dit wat wie waarom hoe tegen onder \
    tussen zonder tijdens sinds weer opnieuw nieuwe nieuw jaar jaren dag dagen uur vandaag oorlog vrede bestand \
    doden dood gewonden aanval aanslag regering minister president kabinet verkiezingen wint verliest politie mensen \
    kinderen vrouw man land stad wereld nederland nederlandse belgië besmettingen vaccin maatregelen ziekenhuis zegt \
    kondigt waarschuwt meldt eist gedeeltelijke gevechten akkoord overleg zeker twee drie vier eerste laatste grote \
    moet moeten zou willen gaat komt krijgt blijft staat haar onze alle veel minder steeds mogelijk ander andere \
    anders beide ben bent beter bijna binnen boven daar daarna daarom deel denk denken die doen doet duizend echt \
    eens eerst eigen elk elkaar elke enkele erg ergens even ga gaan gebruik gedaan geef geeft gehad geleden gemaakt \
    genoeg geweest goed goede groot had hadden hebben heel hele help hem hen hier hoeveel hoog iedereen iemand iets \
    jou jouw jullie kijk klein kleine komen kun kunnen kwam laat later laten leven liet lijkt maak maakt maakte mag \
    maken manier maand maanden me meest meeste mij mijn miljoen misschien moest naast natuurlijk nee neemt nemen \
    niemand niets nieuws nodig nooit nu ons ooit open paar plaats punt recht rond samen slechts snel soms staan \
    stond terug tijd toch toen vaak vanaf vanuit verder via vooral vorig vorige waar waren week weken weet weg \
    weinig werd werden werk werken wilde zal zeggen zei zelf zien ziet zo zoals zouden euro bedrijf bedrijven \
    gemeente burgemeester kamer rusland turkije grens leger soldaten raketten school scholen ziekenhuizen rechter \
    rechtbank verdachte ongeluk wedstrijd ploeg trainer";

pub(super) const SCANDINAVIAN: &str = "\
    i och att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när nu \
    efter eller ska vid mot under över blir ut hon nya ny mer vill mellan utan sedan år dag dagar krig fred \
    vapenvila döda död dödade skadade attack regeringen minister president valet val polisen människor barn kvinna \
    man land stad världen sverige svenska fall vaccin minst fyra tre två första stora säger varnar vinner förlorar \
    dör dog här og er at til af ikke et der for fra vil blev over mod mens også være etter å jeg seg norge norske \
    danmark danske nye koronavirus siger sier krigen død døde mennesker hvad hvorfor terrorattack strider avtal \
    samtal nyheter fortsätter kräver alla allt andra bara bli bra både borde bör bland båda då där därför deras dess \
    detta dig din dock dom eget ej enligt era fick finns flera fler fortfarande fram få får fått före ge ger genom \
    gick gör göra gjort gjorde går gång hade hans helt hennes hit hos hur ibland igen in inga ingen inget innan inom \
    just kom kommer komma kunde kunna kvar lite länge låg låter många mest mig min mitt mycket måste nog någon något \
    några också oss otroligt redan rätt sade samma samt se ser sin sina sitt själv skulle sätt ta tar tid tillbaka \
    trots tycker upp vad vara varit varje varför vem verkligen vet vidare vilka vilken vår våra åt åren även kronor \
    företag skola sjukhus ryssland turkiet gränsen domstol åtal match lag spelare svensk";

pub(super) const POLISH: &str = "\
    w i na z się do nie że to o jest po od za jak dla są przez ale a co ma tak już przed był była było oraz ze czy \
    tylko jego może być nad pod bez więcej także lub gdy jej ich kto dlaczego ile nowy nowe nowych lat lata rok roku \
    dni dzień wojna wojny pokój rozejm ofiar zginęło zginął rannych atak ataki rząd minister prezydent prezydenta \
    premier wybory wyborów wygrał policja ludzi ludzie dzieci kobiet świat świata polska polski polskie kraj miasto \
    przypadków zakażeń koronawirus szczepionka pandemia protest protesty wyrok wyroku sąd trybunał strajk walki mówi \
    zapowiada ostrzega żyje mecz zwycięstwo przeciwko raz pierwszy przeciw podczas między jeszcze będzie \
    porozumienie opuszczają domy dwa trzy sprawie zmarł zmarła aby ani aż bardzo będą byli byłoby chce chcą chociaż \
    chyba ci ciągle coraz coś cały cała czas czasie czasu człowiek dalej dlatego dobrze dość drugi drugiej duży duże \
    dwie dziś dzisiaj gdyby gdzie go inne innych inny jaki jako ją je jednak jeden jedna jednym jeśli jeżeli każdy \
    każdej kiedy kilka której które których który która którzy lecz lepiej mają miał miała mieć mimo mnie mogą można \
    mu musi my nam nas nasz nic nich niego niej nigdy nim niż no nowa ona one oni ono oto pan pani ponad ponieważ \
    poza pracy prawie przede przy razem sam samo siebie skąd sobie swoje swój szkoły szpital tam te tego tej temu \
    ten teraz też tę trzeba tu tych tym tys tysięcy u wam was we według wiele wielu więc wszystkie wszystko \
    wszystkich wśród wtedy wy zawsze zł złotych ceny firmy rosja rosji turcja granicy wojsko mecze trener";

pub(super) const CZECH: &str = "\
    a v se na je že s z do o to i ve k za pro si by po jako ale od jsou však který která které nebo až už jen při \
    bude byl byla bylo ze ke co jak kdo proč před mezi bez podle také ještě má není nové nový nová let rok roku dny \
    válka mír příměří mrtvých zabit zemřel zemřela zranění útok útoky vláda ministr prezident premiér volby vyhrál \
    policie lidí lidé dětí svět země město případů koronavirus vakcína vyhlásila stav nouzový opatření česko česká \
    české říká varuje oznámil tisíc proti během zápas vítězství soud zákon cena ceny počasí dohoda boje slovensko sú \
    nie aby ktorý vojna ľudí";

pub(super) const CROATIAN: &str = "\
    i u je na se da za su od s o a ne što će koji koja koje kao iz bi do samo nije ili ali po već sve bio bila biti \
    još pri kod ako prema nakon protiv između bez tko kako zašto gdje više novi nova nove godina godine dana danas \
    rat rata mir primirje mrtvih poginulo umro umrla ranjenih napad vlada ministar predsjednik predsednik izbori \
    pobijedio policija ljudi djeca deca žene svijet svet zemlja grad slučajeva koronavirus cjepivo vakcina mjere \
    kaže najavio upozorava utakmica pobjeda sud zakon cijene vrijeme vreme potres hrvatska hrvatski srbija srpski \
    bosna ovo taj ta to njegov naš zbog tijekom tokom sporazum borbe počeo";

pub(super) const ROMANIAN: &str = "\
    de și în la a din pe cu care nu că un o pentru mai al este au ce se prin sau după fost fi ai sunt ale lui cel \
    cea dar ca va fără între contra către până când cum cine unde două trei ani an zile azi nou nouă noi primul \
    prima război pace armistițiu acord morți mort murit răniți atac guvern guvernul ministru ministrul președinte \
    președintele președintelui alegeri alegerile alegerilor câștigat câștigă poliția oameni copii femeie bărbat lume \
    lumea țara țară oraș cazuri vaccin pandemie măsuri român română românia moldova spune anunță cere împotriva \
    declarat meci victorie lege prețul vremea cutremur milioane mii persoane prezidențiale acesta această foarte său \
    lor acest aceasta aceste acei acel acea acolo acum adică aici alt alte alți altă apoi are am ar aș ași așa asta \
    atât atunci avea avem avut bine bun bună câte câți cei cele ceva chiar cineva da dacă dată datele deși dintre \
    doar deci deja deoarece ea ei ele eu era erau face fac făcut faptul fie iar îl îi înainte încă îmi întâi într \
    își le li lucru lucruri mare mari mei mele mea meu mi mie mine mod mult multe mulți ne nici niște noastre \
    noastră nostru numai nimic oră ori orice oricare peste poate pot prea puțin puțini rog sa sale săi să spre sus \
    ta tot toate toți tu tău una unei unor unui unul vă vei vom vor vostru voi vreo vreme zi ziua proiectul firma \
    firme piața spital școală școli rusia turcia graniță trupe rachete euro lei sută procente județul acasă accident \
    actorul adevărat afaceri aflat afla ajuns ajunge ajutor alături alegere amendă american ancheta anului apă apare \
    aproape ardere articol artist astăzi astfel asupra ataca atenție autoritățile avertisment banca bani banii \
    barbat bătrân biserica bolnavi bucurești buget caz cazul calitate capitala carte casa cauza cât câmp cerut \
    cetățeni chișinău cinci circulație client clujul coaliție comerț comisia companie companii concurs condiții \
    condus conducere confirmat consiliul consiliului continuă contract control copil copiii copilul crescut crede \
    creștere crimă criza cultură cunoscut curtea cupa curând datorită deces decese decis decizia declarații deputat \
    deschis descoperit despre destul deputații dezvoltare directorul doamna documente doilea doi dosar drept dreptul \
    drum economic economia educație efect electoral elev elevi energie europa europeană europene exemplu expert fața \
    fata femei femeia fericit film finală firmă foc folosi forma fostul frumos funcția furtună găsit gaze general \
    grav grup grupul guvernului haine hotărâre iată ianuarie ieri iese important incendiu industrie informații inima \
    interviu internațional intrat investiții istorie joc jocuri judecător județ jurnalist jumătate lângă legea legii \
    legătură liber liberal liderul limba locuri locul luat luna luni lupta mama masă mașina mașină medicul medici \
    meciul mediu mesaj milion minciuna moarte moartea moment muncă munca muzica naștere natural național noaptea \
    noiembrie noul numărul obiectiv ofițer omul operațiune opoziție orașul orașului ordine partid partidul parte \
    parlament parlamentul părinți pacienți pandemiei pâine pensii pericol persoană persoanele petrol plată plecat \
    ploi politică politic polițist polițiștii poporul porțile posibil poveste preț prețuri premierul prezent primar \
    primarul prins probleme procent proces program prognoza propus public putea puterea răspuns războiul reacția \
    record reguli relații republica rezultat rezultate rus rusă ruși sat sănătate săptămână scăzut scandal scos \
    sectorul securitate senat sezon show siguranță simplu singur situația social societate soldați soluție soția \
    spus stat statul statului stil străzi studenți știri știre șanse șase șef șeful taxe târziu tânăr teatru \
    televiziune terorist timp timpul trafic tratament trebuie tren tribunal tuturor ucis ucraina uniunea urma urmă \
    următor vaccinare veste vedeta venit viață viața victime video vine viitor vorba vot votat vreau ziar ziariști \
    zilele comenzii utilizare fond dupa catre primi solicitat";

pub(super) const HUNGARIAN: &str = "\
    a az és is hogy nem egy van volt már csak de még el lesz meg azt ez mint sem után ki akár vagy minden ha több \
    kell miatt nagy most mi lehet szerint ellen között nélkül alatt új első két három év évek nap napok háború béke \
    tűzszünet halott meghalt halt sebesült támadás kormány miniszter elnök miniszterelnök választás választások \
    győzött rendőrség ember emberek gyerek nő férfi világ ország magyar magyarország város eset vakcina oltás \
    járvány koronavírus intézkedések mondta bejelentette meccs győzelem bíróság törvény ára árak időjárás földrengés \
    millió ezer fertőzött orosz amerikai újabb miért hogyan mikor ahol aki amely ezek azok itt ott így abban ahhoz \
    akik alá által általában amelyek amelyet ami amit annak arra át azért azonban azzal bár be belül benne cikk e \
    eddig egész egyes egyéb egyik egyre ekkor elég előtt először elő éppen ezért fel felé hanem hiszen igen illetve \
    ilyen ilyenkor ismét jó jól jobb kellett keresztül kívül közül legalább legyen lenne lenni lett maga magát más \
    másik mely mellett mert míg mindig mindenki mintha mivel ne néha néhány nincs olyan össze ő ők őket pedig persze \
    rá s saját sok sokat sokkal számára szemben szinte talán tehát teljes tovább továbbá úgy ugyanis újra úr utána \
    utolsó valaki valami való vele viszont volna voltak";

pub(super) const UZBEK: &str = "\
    va bilan uchun bu bir ham da deb edi yangi haqida bo' 'ldi qildi qilindi etdi o' 'zbekiston respublikasi \
    prezidenti prezident vazirlar vazirligi vaziri yil kuni so' 'm nafar kishi 'yicha kerak mumkin urush tinchlik \
    kelishuv hujum halok 'lgan qilgan berdi oldi keldi ketdi aytdi ma' 'lum qanday nima nega qachon emas yo' 'q bor \
    eng ko' 'p katta davlat xalq mamlakat shahar tuman viloyat 'rtasida kelishdi to' 'xtatish 'xtatishga qilish \
    qiladi boshlandi boshladi";

pub(super) const ALBANIAN: &str = "\
    të e në dhe i për me një nga që u është janë se nuk do më ka kanë por si ky kjo këtë tij saj tyre pas para mbi \
    nën ndaj ndër mes deri kur ku pse çfarë kush gjatë duke edhe vetëm shumë pak mund duhet ishte ishin thotë tha dy \
    tre katër vit vite vjet ditë sot dje nesër qeveria kryeministri ministri presidenti zgjedhjet fiton fitoi \
    policia njerëz fëmijë grua burrë botë vend qytet kosovë kosova shqipëri shqipëria shqiptar luftë paqe armëpushim \
    vdes vdiq vrarë plagosur sulm tërmet raste koronavirus vaksina masat njoftoi deklaroi ndeshje fitore gjykata \
    ligji çmimi moti rreth gjithë";

pub(super) const KURMANJI: &str = "\
    û di de li bi ji bo ku ev ew vê wê vî wî yê ya yên ên jî lê ne na heye hene bû bûn dike dikin dibe dibin kir \
    kirin hat hatin hate hatiye kirine navbera dijî piştî berî ser bin nav her gelek yek du sê çar sal roj kes hezar \
    kurd kurdan kurdî kurdistan kurdistanê rojava tirkiye tirkiyê sûriyê iraqê îranê gel jin mêr zarok bajar gund \
    welat dewlet hikûmet serok serokê wezîr wezîrê partî şer şerê aştî agirbest êrîş kuştin mirin birîndar leşker \
    artêş hilbijartin nûçe nû got dibêje daxuyanî ragihand xwe min te me we wan çi çawa kengê kî çima";

pub(super) const FINNISH: &str = "\
    ja on ei se että oli hän mutta ovat tai kun niin myös joka mitä tämä nyt sen jo vain kuin mukaan jälkeen ennen \
    ole olla olisi voi pitää kaikki mukana uusi uuden uudet vuosi vuotta vuoden päivä tänään sota rauha tulitauko \
    kuollut kuoli kuolleet hyökkäys hallitus ministeri presidentti vaalit vaaleissa voitti poliisi ihmiset ihmistä \
    lapset nainen mies maa maailma kaupunki suomi suomen suomessa koronavirus rokote tapausta sanoo kertoo varoittaa \
    ottelu voitto oikeus laki hinta sää kaksi kolme neljä ensimmäinen miksi miten missä kuka kanssa vastaan välillä \
    aikana ilman";

pub(super) const INDONESIAN: &str = "\
    yang dan di ke dari untuk pada dengan ini itu dalam tidak akan juga oleh sebagai adalah telah sudah bisa dapat \
    ada karena atau lebih saat setelah sebelum antara para mereka kami kita dia ia saya kamu apa siapa mengapa \
    bagaimana kapan tahun hari bulan baru pertama dua tiga empat perang damai gencatan senjata tewas meninggal luka \
    serangan pemerintah menteri presiden pemilu menang polisi orang anak perempuan laki negara kota dunia indonesia \
    kasus vaksin corona kata sebut ungkap umumkan minta harga cuaca gempa banjir pertandingan hukum juta ribu";
