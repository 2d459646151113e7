//! The words by which languages that share a script are told apart.
//!
//! Each list begins with the commonest words, as the model counts them by their place in it. Function words come first,
//! then the words of headlines in their inflected forms: from these the model also learns how the language spells. Names
//! of people and places stay out, since they stand in headlines of every language.

/// A language that the model knows: one of the profile's, or one that must not be mistaken for it.
pub(super) struct Words {
    /// Its BCP 47 primary subtag.
    pub language: &'static str,
    /// Its words, separated by white space.
    pub words: &'static str,
}

/// The languages of the Latin script.
pub(super) const LATIN: &[Words] = &[
    Words { language: "en", words: ENGLISH },
    Words { language: "fr", words: FRENCH },
    Words { language: "tr", words: TURKISH },
    Words { language: "az", words: AZERBAIJANI },
    Words { language: "de", words: GERMAN },
    Words { language: "es", words: SPANISH },
    Words { language: "it", words: ITALIAN },
    Words { language: "pt", words: PORTUGUESE },
    Words { language: "nl", words: DUTCH },
    Words { language: "sv", words: SCANDINAVIAN },
    Words { language: "pl", words: POLISH },
    Words { language: "cs", words: CZECH },
    Words { language: "hr", words: CROATIAN },
    Words { language: "ro", words: ROMANIAN },
    Words { language: "hu", words: HUNGARIAN },
    Words { language: "uz", words: UZBEK },
];

/// The languages of the Cyrillic script.
pub(super) const CYRILLIC: &[Words] = &[
    Words { language: "ru", words: RUSSIAN },
    Words { language: "uk", words: UKRAINIAN },
    Words { language: "be", words: BELARUSIAN },
    Words { language: "bg", words: BULGARIAN },
    Words { language: "sr", words: SERBIAN },
    Words { language: "kk", words: KAZAKH },
    Words { language: "az-Cyrl", words: AZERBAIJANI_IN_CYRILLIC },
];

/// The languages of the Arabic script.
pub(super) const ARABIC_SCRIPT: &[Words] = &[
    Words { language: "fa", words: PERSIAN },
    Words { language: "ar", words: ARABIC },
    Words { language: "ur", words: URDU },
    Words { language: "ckb", words: KURDISH },
    Words { language: "ps", words: PASHTO },
    Words { language: "azb", words: AZERBAIJANI_IN_ARABIC },
];

const ENGLISH: &str = "\
    the of to in and a for on 's is with as at by from after over be it are was has that have not will his he its an \
    who says this they say we what new but more up out you their were about i or why how than been could her she all \
    into amid one two no first 't had can may against first would before which year years day days week month time \
    when where there if so our your us him them my me do does did just only also most some other such between under \
    during since until while through off down back now still here these those then because being both each few every \
    much many any very too own same again once never said told told asks urges warns calls call called killed kills \
    kill dead deaths death dies died hit hits strike strikes attack attacks attacked fighting fight war peace truce \
    ceasefire deal talks talk meeting meet meets agree agrees agreed sign signs signed forces troops soldiers army \
    military defence defense minister ministry president prime government leader leaders parliament court police \
    people man woman men women children family life lives home house city town country world state states news \
    live latest breaking update report reports reported reporting watch video photos opinion analysis explained top \
    win wins won lose loses lost beat beats match team cup league season game goal goals player players coach final \
    election elections vote votes voting results race campaign poll polls rule rules law ban bans plan plans crisis \
    case cases virus vaccine pandemic outbreak health hospital test tests positive lockdown restrictions school \
    schools economy economic price prices oil gas market markets stocks trade bank rate rates rise rises fall falls \
    fell drop drops record high low million billion percent weather storm snow rain flood floods fire quake earthquake \
    crash plane ship border region south north east west southern northern eastern western foreign international \
    security human rights group groups aid help support power energy nuclear sanctions claim claims deny denies denied \
    accuse accuses accused blame blames face faces facing make makes made take takes took taken get gets got go goes \
    going come comes coming leave leaves leaving left return returns open opens opened close closes closed end ends \
    ended start starts started begin begins set sets put puts keep keeps see sees seen show shows shown find finds \
    found know think want wants need needs give gives given look looks long last next early late old big small good \
    best bad great part place way right another near across around despite without within according officials \
    official statement spokesman thousands hundreds dozens least injured wounded missing rescued arrested detained \
    charged released held facing shot shooting bomb bombing blast explosion protest protests protesters rally crowd \
    anniversary history future question questions answer story stories book film music art king queen pope church";

const FRENCH: &str = "\
    de la le les l' à d' et des en du un une est pour dans sur au que qui par a pas il qu' plus ce avec son se ne n' \
    s' aux sa ses ont sont c' on mais ou entre cette après ses comme leur été contre elle nous vous j' y tout je m' \
    être avoir fait faire sans ces ils leurs selon où si deux trois dont même depuis lors très bien encore aussi \
    avant peut quand sous chez vers toujours face jusqu' pourquoi comment quel quelle quels quelles toute tous toutes \
    notre votre nos vos mon ma mes moi lui eux était étaient sera seront avait avaient doit va vont dit veut faut \
    autre autres moins peu trop déjà ici là alors donc car ni rien jamais personne pendant plusieurs première premier \
    nouveau nouvelle nouveaux nouvelles guerre paix combats combat cessez-le-feu trêve accord négociations pourparlers \
    rencontre sommet armée militaire militaires soldats soldat forces troupes frappe frappes attaque attaques tirs \
    mort morte morts tué tués tuée meurt décès décédé blessé blessés victimes attentat otages ministre ministère \
    président présidente présidentielle gouvernement parlement assemblée sénat député maire justice procès tribunal \
    police gendarmes enquête français française français pays ville villes monde état états région frontière \
    étranger étrangers étrangère affaires défense intérieur sécurité élection élections vote résultats campagne parti \
    gauche droite direct vidéo photos info infos actualité alerte urgent exclusif tribune entretien analyse vaccin \
    vaccins virus épidémie pandémie malades santé hôpital hôpitaux confinement couvre masque cas positif positive \
    école écoles enfants enfant femme femmes homme hommes jeune jeunes vie année années an ans jour jours semaine mois \
    heure heures soir matin nuit lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai \
    juin juillet août septembre octobre novembre décembre victoire défaite bat battu battus gagne perd remporte match \
    équipe coupe ligue joueur joueurs finale but buts championnat entraîneur vainqueur titre prix hausse baisse \
    pétrole économie économique marché bourse emploi entreprise entreprises million millions milliard milliards \
    euros météo pluie neige tempête vent inondations incendie séisme accident avion train route mer annonce annoncé \
    appelle appel demande accuse dénonce condamne menace craint promet refuse reprend reprise quitte quittent touche \
    touché frappé frappée signe signé mis mise pris prise tombe tombé tombée passe passé reçoit reçu élu élue jugé \
    jugée soupçonné arrêté arrêtés interpellé manifestation manifestants grève colère crise fin début suite retour \
    ouverture fermeture fermé fermés ouvert lancé lance milliers centaines dizaines quatre cinq six sept huit neuf dix \
    delà grande grand grands petite petit mieux meilleur bon mauvais toujours seul seule nouveau historique haut \
    bas loi droits homme église histoire livre cinéma musique";

const TURKISH: &str = "\
    ve bir bu 'da için 'de ile 'nin da de çok ne son olarak 'dan 'den daha en var 'ın 'in 'ya 'a 'e 'ye 'nda 'nde \
    'ndan 'nden 'nun 'un 'ün 'ı 'i 'u 'nı 'yi 'yı 'daki 'deki gibi kadar sonra oldu olan ise yok değil mi mı ama o \
    her yeni ilk iki üç bin milyon kişi gün yıl ay saat nasıl neden kim kimdir nedir ne zaman kaç hangi nerede bugün \
    yarın dün artık şimdi hala yine bile karşı göre önce önemli büyük küçük arasında üzerine hakkında tarafından \
    dair etti edildi ediyor edecek edilecek yaptı yapıldı yapacak yapılacak oldu oluyor olacak olması olduğu geldi \
    geliyor gelecek gitti gidiyor verdi veriyor verildi aldı alıyor alındı alınacak dedi diyor açıkladı açıklandı \
    açıklama açıklaması açıklandı belli duyurdu söyledi konuştu görüştü görüşme görüşmesi görüşecek toplantı toplantısı \
    başladı başlıyor başlayacak başlattı bitti devam sürüyor çıktı çıkıyor çıkacak düştü düşüyor arttı artıyor artış \
    yükseldi yükseliyor geçti geçiyor girdi giriyor döndü dönüyor kaldı kalıyor buldu bulundu yakalandı yakalanan \
    gözaltına gözaltı tutuklandı tutuklama öldü öldürüldü ölü yaralı yaralandı hayatını kaybetti kaybı kayıp şehit \
    şehidi saldırı saldırısı saldırıya vuruldu vurdu bomba patlama patladı çatışma çatışmalar savaş savaşı barış \
    ateşkes anlaşma anlaşması anlaşmayı ordu ordusu asker askeri askerler füze operasyon operasyonu terör \
    bakan bakanı bakanlığı başkan başkanı cumhurbaşkanı başbakan hükümet meclis milletvekili parti genel dışişleri \
    savunma içişleri sağlık eğitim adalet milli türk türkiye'nin dünya ülke ülkeler bölge bölgesi şehir köy ilçe il \
    sınır doğu batı kuzey güney dakika haber haberler haberi canlı izle video foto galeri flaş gündem spor maç maçı \
    maçında takım lig şampiyon şampiyonlar kupa gol puan galibiyet yendi mağlup kazandı kazanan transfer teknik \
    direktör hakem seçim seçimi seçimler oy sonuç sonuçları sonuçlar yeniden aday koronavirüs virüs salgın aşı aşısı \
    vaka vakalar vakası hasta hastane hastanede test yasak yasağı yasaklandı sokağa çıkma kısıtlama kısıtlaması \
    tedbir okul okullar öğrenci öğretmen dolar euro altın borsa lira faiz fiyat fiyatları fiyatı zam zammı geldi \
    ekonomi merkez bankası enflasyon petrol hava durumu yağmur yağış kar fırtına sel deprem depremi büyüklüğünde \
    sallandı yangın yangını kaza kazası trafik uçak gemi çocuk kadın erkek genç aile anne baba insan polis mahkeme \
    dava karar kararı kanun yasa ceza suç iddia iddiası yanıt cevap tepki uyarı uyarısı çağrı çağrısı mesaj mesajı \
    destek yardım istifa atandı görev seçildi ziyaret ziyareti kutladı kutlama anma özel güncel binlerce yüzlerce \
    kurtarıldı kurtardı bulunan eden edilen olanlar yapılan istedi istiyor bekleniyor beklenen hazır mümkün şart \
    sadece yalnız birlikte beraber biz ben sen siz onlar onun bunu buna böyle şöyle işte hiç bütün tüm bazı diğer";

const AZERBAIJANI: &str = "\
    və bir bu ilə üçün də da ki olub olunub edib o daha ən çox nə hər sonra kimi isə görə yeni ilk son iki üç min \
    milyon nəfər gün il ildə ay saat necə niyə kim nədir neçə harada hansı bu gün sabah dünən artıq indi hələ yenə \
    hətta qarşı qədər əvvəl mühüm böyük kiçik arasında üzərində haqqında haqda tərəfindən dair olan olaraq var yox \
    yoxdur deyil amma ancaq lakin belə edilib edir edəcək ediləcək olunur olunacaq olundu olacaq olur oldu etdi edildi \
    verib verir verildi veriləcək alıb alır alındı alınıb gəlib gəlir gələcək gəldi gedib gedir getdi deyib deyir dedi \
    bildirib bildirdi açıqlayıb açıqlama açıqlandı məlumat yayıb yayılıb danışıb danışdı görüşüb görüş görüşü \
    görüşüdü keçirilib keçirilir keçirildi keçiriləcək başlayıb başlayır başladı başlanıb bitib davam edir çıxıb çıxır \
    çıxdı çıxarılıb düşüb düşdü artıb artır qalxıb keçib keçir girib daxil qayıdıb qalıb tapılıb saxlanılıb tutulub \
    həbs ölüb öldü öldürülüb həlak vəfat yaralanıb yaralı yaralananlar şəhid şəhidlər itki hücum hücumu vurulub \
    məhv partlayış atəş atəşə atəşkəs döyüş döyüşlər müharibə müharibəsi sülh razılaşma razılıq bəyanat bəyanatı \
    imzalanıb imzaladı ordu ordusu ordumuz əsgər hərbi hərbçi hərbçilər qoşunlar raket düşmən işğal işğaldan azad \
    torpaq torpaqları nazir naziri nazirliyi nazirlər kabineti prezident prezidenti baş komandan hökumət parlament \
    deputat partiya xarici işlər müdafiə daxili səhiyyə təhsil dövlət milli azərbaycanın ermənistan ermənilər erməni \
    azərbaycan ölkə ölkələr dünya bölgə rayon rayonu rayonunda kənd kəndi kəndləri şəhər şəhəri şəhərində qəsəbə \
    sərhəd sərhəddə şərq qərb şimal cənub xəbər xəbərlər təcili video foto canlı gündəm oyun oyunu komanda çempion \
    liqa kubok qol qalib qələbə uduzdu uddu məğlub yığma seçki seçkilər səs nəticə nəticələri koronavirus virus \
    yoluxma yoluxub yoluxan vaksin peyvənd xəstə xəstəxana test karantin rejimi qadağa qadağan məktəb məktəblər \
    məktəblərdə şagird müəllim dərs dollar manat neft qaz qızıl qiymət qiyməti qiymətləri bahalaşıb ucuzlaşıb iqtisadi \
    iqtisadiyyat bank banklar hava yağış yağacaq qar külək külli zəlzələ yanğın yanıb qəza yol uşaq qadın kişi gənc \
    ailə ana ata insan insanlar xalq xalqı polis məhkəmə prokurorluq cinayət iş işi qanun qərar qərarı cəza iddia \
    cavab münasibət xəbərdarlıq çağırış çağırıb müraciət mesaj dəstək yardım istefa təyin vəzifə seçilib səfər səfəri \
    təbrik bayram günü xüsusi minlərlə onlarla azı ediblər olublar olunan edən edilən yalnız birlikdə biz mən sən siz \
    onlar onun bunu buna heç bütün bəzi digər vaxt bağlandı bağlanıb bağlı açıldı açılıb açılır açılacaq olunmayıb \
    mümkün lazım yenidən arasındakı bölgədə bakıda ölkədə dünyada zamanı vəziyyət vəziyyəti məsələ məsələsi tarix \
    sülhməramlılar sülhməramlı bizim bizimdir onların qəbul kanal 'da 'də 'dan 'dən 'nın 'nin -da -də -dan -dən -nin \
    -nın -ya -yə";

const GERMAN: &str = "\
    der die und in den von zu das mit ist im für auf des ein nicht dem eine sich an auch es nach wie aus bei er sie \
    hat als am wird gegen um über vor einen zum zur noch nur sind war werden haben einer mehr wir bis unter durch \
    oder wenn kein keine was wer warum ich so aber sein seine ihr ihre kann soll will muss vom beim zwischen ohne \
    seit während neue neuer neuen jahr jahre jahren tage uhr heute krieg frieden waffenruhe tote toter getötet \
    verletzte angriff angriffe anschlag regierung minister präsident präsidentin kanzlerin bundesregierung wahl \
    wahlen polizei menschen kinder frau mann deutschland deutsche deutschen land stadt welt zahl fälle impfstoff \
    kämpfe kündigt meldet melden fordert warnt sagt stirbt gestorben gewinnt verliert schlägt siegt sieg trotz \
    wieder weiter drei vier fünf zwei erste ersten letzte schwere große wegen wohl jetzt hier alle steigt fällt \
    streit gespräche abkommen einigung unterzeichnet lage newsblog liveticker";

const SPANISH: &str = "\
    de la el en y a los que del se por con las un para una su al no es lo más como tras sus ha entre sobre este esta \
    pero ya o ser son fue era han desde hasta sin contra le me si muy también hay está están dos años año día días \
    cuando donde qué quién cómo por qué nuevo nueva nuevos primera primer mejor mayor gobierno presidente ministro \
    guerra paz alto fuego acuerdo muertos muere murió mueren muerte heridos ataque ataques ejército elecciones gana \
    pierde vota resultados país países mundo ciudad policía personas mujeres hombre mujer niños vida casos vacuna \
    pandemia millones nacional estado estados unidos dice pide anuncia advierte denuncia llama llega deja suspende \
    confirma supera partido equipo gol precio sube baja crisis tiempo lluvia terremoto incendio ley juez tribunal \
    todo todos toda esto eso mientras durante ante hoy ayer nuestro ellos ella él uno otros otra porque según";

const ITALIAN: &str = "\
    di e il la in che per un a del è non una i si con da le al ha della dei nel alla sono più come l' dell' anche gli \
    lo su ma dal delle se dalla nella ai dopo tra fra contro ancora essere stato stata cosa chi perché così senza \
    fino oggi ieri anni anno giorni due tre tutti tutto ecco nuovo nuova primo prima governo presidente ministro \
    guerra pace tregua accordo fuoco morto morti morta muore feriti attacco esercito elezioni vince perde voto \
    risultati paese mondo città polizia persone donna donne uomo bambini vita casi contagi vaccino pandemia milioni \
    italia italiani italiano dice chiede annuncia allarme bollettino arrestato incidente terremoto maltempo pioggia \
    prezzi squadra partita gol scuola legge all' nell' sull' dall' un' quest' c' d' questo questa quando dove ore";

const PORTUGUESE: &str = "\
    de a o e do da em que no na com para os um uma por dos as não é mais se ao das como após à são foi mas nos nas ou \
    pela pelo entre ser tem ter seu sua contra sobre já diz até também está estão há quem quando onde por que sem \
    anos ano dia dias dois novo nova novos primeiro primeira melhor governo presidente ministro ministra guerra paz \
    cessar fogo acordo mortos morre morreu morte feridos ataque ataques exército eleições eleição vence vota votos \
    resultados veja país países mundo cidade polícia pessoas mulher mulheres homem crianças vida casos vacina vacinação \
    pandemia milhões milhão mil estado nacional brasil portugal anuncia pede alerta confirma chega deixa sobe cai \
    jogo time gol preço preços crise tempo chuva terremoto lei justiça tribunal brasileiro brasileira português ainda \
    todos isso esta este pode podem foram fazer saiba vai situação região eleitoral municipais militar russo";

const DUTCH: &str = "\
    de van het een en in is dat op te zijn voor met niet aan er om ook als dan maar bij uit nog naar over door wordt \
    tot of zich meer heeft worden was na geen wel kan hun deze we ze hij ik je dit wat wie waarom hoe tegen onder \
    tussen zonder tijdens sinds weer opnieuw nieuwe nieuw jaar jaren dag dagen uur vandaag oorlog vrede bestand doden \
    dood gewonden aanval aanslag regering minister president kabinet verkiezingen wint verliest politie mensen kinderen \
    vrouw man land stad wereld nederland nederlandse belgië besmettingen vaccin maatregelen ziekenhuis zegt kondigt \
    waarschuwt meldt eist gedeeltelijke gevechten akkoord overleg zeker twee drie vier eerste laatste grote moet \
    moeten zou willen gaat komt krijgt blijft staat haar zijn onze alle veel minder steeds mogelijk";

const SCANDINAVIAN: &str = "\
    i och att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när nu efter \
    eller ska vid mot under över blir ut hon nya ny mer vill mellan utan sedan år dag dagar krig fred vapenvila döda \
    död dödade skadade attack regeringen minister president valet val polisen människor barn kvinna man land stad \
    världen sverige svenska fall vaccin minst fyra tre två första stora säger varnar vinner förlorar dör dog här \
    og er at til på af med ikke et der den har som for fra vil blev efter kan over mod mens eller også være blir etter \
    ikke å jeg seg være norge norske danmark danske nye koronavirus siger sier krigen død døde mennesker hvad hvorfor \
    også terrorattack strider avtal samtal nyheter fortsätter kräver";

const POLISH: &str = "\
    w i na z się do nie że to o jest po od za jak dla są przez ale a co ma tak już przed był była było oraz ze czy \
    tylko jego może być nad pod bez więcej także lub gdy jej ich kto dlaczego ile nowy nowe nowych lat lata rok roku \
    dni dzień wojna wojny pokój rozejm ofiar zginęło zginął rannych atak ataki rząd minister prezydent prezydenta \
    premier wybory wyborów wygrał policja ludzi ludzie dzieci kobiet świat świata polska polski polskie kraj miasto \
    przypadków zakażeń koronawirus szczepionka pandemia protest protesty wyrok wyroku sąd trybunał strajk walki mówi \
    zapowiada ostrzega nie żyje mecz zwycięstwo przeciwko po raz pierwszy przeciw podczas między jeszcze będzie \
    porozumienie opuszczają domy dwa trzy sprawie zmarł zmarła";

const CZECH: &str = "\
    a v se na je že s z do o to i ve k za pro si by po jako ale od jsou však který která které nebo až už jen při bude \
    byl byla bylo ze ke co jak kdo proč před mezi bez podle také ještě má není nové nový nová let rok roku dny válka \
    mír příměří mrtvých zabit zemřel zemřela zranění útok útoky vláda ministr prezident premiér volby vyhrál policie \
    lidí lidé dětí svět země město případů koronavirus vakcína vyhlásila stav nouzový opatření česko česká české říká \
    varuje oznámil tisíc proti během zápas vítězství soud zákon cena ceny počasí dohoda boje slovensko sú nie aby \
    ktorý vojna vláda ľudí";

const CROATIAN: &str = "\
    i u je na se da za su od s o a ne što će koji koja koje kao iz bi do samo nije ili ali po već sve bio bila biti \
    još pri kod ako prema nakon protiv između bez tko kako zašto gdje više novi nova nove godina godine dana danas \
    rat rata mir primirje mrtvih poginulo umro umrla ranjenih napad vlada ministar predsjednik predsednik izbori \
    pobijedio policija ljudi djeca deca žene svijet svet zemlja grad slučajeva koronavirus cjepivo vakcina mjere kaže \
    najavio upozorava utakmica pobjeda sud zakon cijene vrijeme vreme potres hrvatska hrvatski srbija srpski bosna \
    ovo taj ta to njegov naš zbog tijekom tokom sporazum borbe počeo danas";

const ROMANIAN: &str = "\
    de și în la a din pe cu care nu că un o pentru mai al este au ce se prin sau după fost fi ai sunt ale lui cel cea \
    dar ca va fără între contra către până când cum cine unde două trei ani an zile azi nou nouă noi primul prima \
    război pace armistițiu acord morți mort murit răniți atac guvern guvernul ministru ministrul președinte președintele \
    președintelui alegeri alegerile alegerilor câștigat câștigă poliția oameni copii femeie bărbat lume lumea țara țară \
    oraș cazuri vaccin pandemie măsuri român română românia moldova spune anunță cere împotriva a declarat meci victorie \
    lege prețul vremea cutremur milioane mii persoane prezidențiale acesta această foarte său său lor";

const HUNGARIAN: &str = "\
    a az és is hogy nem egy van volt már csak de még el lesz meg azt ez mint sem után ki akár vagy minden ha több kell \
    miatt nagy most mi lehet szerint ellen között nélkül alatt új első két három év évek nap napok háború béke \
    tűzszünet halott meghalt halt sebesült támadás kormány miniszter elnök miniszterelnök választás választások \
    győzött rendőrség ember emberek gyerek nő férfi világ ország magyar magyarország város eset vakcina oltás járvány \
    koronavírus intézkedések mondta bejelentette meccs győzelem bíróság törvény ára árak időjárás földrengés millió \
    ezer fertőzött orosz amerikai újabb miért hogyan mikor ahol aki amely ezek azok itt ott így";

const UZBEK: &str = "\
    va bilan uchun bu bir ham da deb edi yangi haqida boʻldi bo'ldi qildi qilindi etdi o'zbekiston oʻzbekiston \
    respublikasi prezidenti prezident vazirlar vazirligi vaziri yil kuni so'm nafar kishi bo'yicha boʻyicha kerak \
    mumkin urush tinchlik kelishuv hujum halok bo'lgan boʻlgan qilgan berdi oldi keldi ketdi aytdi ma'lum qanday nima \
    nega qachon emas yo'q yoʻq bor eng ko'p koʻp katta davlat xalq mamlakat shahar tuman viloyat o'q o'rtasida \
    oʻrtasida kelishdi to'xtatish to'xtatishga toʻxtatishga qilish qiladi boshlandi boshladi";

const RUSSIAN: &str = "\
    в и на не с по о что за из к для от как об при во до его у это а но он со будет после уже все так же или их еще \
    был была были было чем только кто где почему когда если более из-за под без между против перед над через около \
    россии россия российских российский российские сша новый новые новых новая первый первая два две три лет года году \
    год день дня сегодня завтра вчера сутки суток время тысяч тыс млн млрд человек человека людей люди процентов \
    рублей рубль рубля доллар доллара курс цены цена нефть нефти рост рынок банк экономика война войны войне мир мира \
    мире перемирие перемирия огня прекращение прекращении прекратить удар удары ударов обстрел обстреляли обстрелы \
    бой бои боев атака атаки погиб погибли погибших погибшие убит убиты умер умерла скончался ранен ранены раненых \
    пострадали жертв взрыв взрывы ракеты ракета беспилотник беспилотники армия армии военный военные военных войска \
    солдат минобороны мид глава главы министр министра министры президент президента премьер правительство парламент \
    госдума депутат депутаты власти суд суда дело дела полиция полицейские задержан задержаны задержали арестован \
    арестовали выборы выборов выборах голосование победил победила победу итоги результаты партия кандидат заявил \
    заявила заявили заявление сообщил сообщила сообщили рассказал рассказала рассказали назвал назвали объявил \
    объявили объявлен объявлена призвал призвала призвали обвинил обвинили подписал подписали обсудили обсудил \
    провел провела прошел прошла прошли начал начали началась начались начался могут может нужно надо есть нет \
    ввели введен введено отменили запретили разрешили закрыли открыли нашли стало стала стал стали известно вышел \
    вышли ушел пришел прибыл прилетел получил получила получили возбудили спасли показал показали предупредил \
    предупредили ждет ждут идет идут продолжается продолжаются коронавирус коронавируса коронавирусом вакцина вакцины \
    вакцину прививка случай случаев случая новости срочно эксперт эксперты врач врачи врачей больницы больнице школы \
    школ дети детей женщина мужчина мужчину семья город города городе страна страны стране области область регион \
    регионе граница границе границы погода дождь снег мороз ветер пожар пожара землетрясение авария дтп самолет вертолет \
    сбит сбили матч матча сборная чемпион чемпионат лига кубок победа победы проиграл обыграл выиграл тренер гол игра \
    видео фото прямой эфир мнение интервью история почти снова вновь очень своих свой своей который которые которая \
    этого этой эти мы вы они она ее ей ему им нас вас вам нам быть бы ли даже хотя тоже здесь там вот никто ничего \
    сколько какой какие какая кого кому чего ситуация ситуации сторон стороны соглашение соглашения переговоры \
    переговоров встреча встретились встречи встретился договорились согласовали миротворцы миротворцев границей беженцы \
    наш наша наше наши жители жителей домой дом дома жизнь право права безопасности";

const UKRAINIAN: &str = "\
    в на і у з що до та не за про від як із для по є це його він а але після або чи буде був була були було їх зі \
    які який яка яке коли хто де чому під без між проти через вже тільки також ще може можна треба немає україни \
    україна україні український українські українських києві києва київ рік року років дня день день сьогодні \
    людей особи тисяч млн млрд гривень війна війни війну мир перемир'я вогню обстріл загинув загинули загиблих убито \
    поранено поранені помер померла військові військових міністр президент президента уряд верховна рада депутат суд \
    суду поліція затримали вибори виборів переміг заявив заявила повідомили повідомив розповів назвали оголосив \
    підписав домовилися домовились обговорили почали почалися нові новий нових перша перший коронавірус коронавірусу \
    захворів хворих випадків карантин карантину посилюють вакцина лікарні школи діти жінка чоловік місто міста місті \
    області область погода дощ сніг пожежа літак гра збірна ліга перемога новини фото відео ціни долар курс нафта \
    її їм цей ця ці цього цьому свій свої своїх він вона вони ми ви";

const BELARUSIAN: &str = "\
    і у ў на з не што да за па ад як для гэта яго ён але пасля ці будзе быў была былі іх якія які якая калі хто дзе \
    чаму пад без між супраць праз ужо толькі таксама яшчэ можа трэба няма беларусі беларусь беларускі беларускія \
    мінску мінск год года гадоў дня дзень сёння больш людзей чалавек тысяч вайна вайны мір загінулі загінуў памёр \
    памерла параненыя вайскоўцы міністр прэзідэнт прэзідэнта урад суд міліцыя затрымалі затрыманыя выбары выбараў \
    перамог заявіў паведаміў паведамілі расказаў назвалі падпісаў новы новыя новых першы каранавірус вакцына школы \
    дзеці жанчына горад горада вобласці надвор'е фота відэа навіны таму гэтага гэтай свой сваіх яна яны мы вы ёсць \
    пагадненне перамовы";

const BULGARIAN: &str = "\
    на и в за да от се с е по че не са до ще след при има като като ли как кой къде защо кога още през над под без \
    между срещу във със това тази този тези които който която беше бяха бе също само може трябва няма вече или \
    но а му й им ни ви той тя те ние българия българия българската българските българи софия година години ден дни \
    днес вчера утре хиляди хил млн лева души човек хора война войната мир примирие споразумение споразумяха загинаха \
    загина убит убити почина ранени нападение атака взрив армията военни министър министърът президент президентът \
    премиер премиерът правителството парламентът депутати съд съдът полицията задържаха арестуваха избори изборите \
    спечели победи каза заяви съобщи съобщиха обяви призова подписа започна започват нов нова нови новите първи първа \
    случаи заразени коронавирус ваксина ваксината болница училища деца жена мъж град града страната света времето \
    дъжд сняг пожар земетресение мач отбор лига цена цени снимки видео новини пред според заради около срещна";

const SERBIAN: &str = "\
    и у је на се да за су од с о а не што ће који која које као из би до само није или али по већ све био била бити \
    још при код ако према након после против између без ко како зашто где више нови нова нове година године дана \
    данас рат рата мир примирје мртвих погинуло погинуло умро умрла преминуо преминула рањених напад влада министар \
    председник председника избори победио полиција људи деца жене свет света земља град случајева вирус вакцина мере \
    каже најавио упозорава утакмица победа суд закон цене време земљотрес србија србије српски србији косово ово тај \
    та то његов наш због током споразум борбе шта знамо сада вучић рекао изјавио македонија македонски со ги го се \
    претседател владата дека нема според сите";

const KAZAKH: &str = "\
    және бұл мен бен үшін бір да де деп туралы жаңа болды болып еді бойынша қазақстан қазақстанда қазақстанның \
    президенті президент тоқаев министрі министрлігі үкімет жыл жылы күні күн теңге адам адамдар халық ел елде қала \
    қаласы облысы облысында соғыс бейбітшілік келісім шабуыл қаза тапты қайтыс болған алды берді келді кетті айтты \
    мәлімдеді хабарлады қалай неге қашан кім қандай емес жоқ бар ең көп үлкен мемлекет коронавирус вакцина мектеп \
    бала әйел тоқтатылды басталды өтті қарабақ туралы кейін дейін арасында қарсы жана болот кыргызстан менен үчүн";

const AZERBAIJANI_IN_CYRILLIC: &str = "\
    вә бир бу илә үчүн дә да ки олуб едиб о даһа ән чох нә һәр сонра кими исә көрә јени илк сон ики үч мин нәфәр ҝүн \
    ил азәрбајҹан азәрбајҹанын президенти президент назири назирлији орду ордусу дүшмән мүһарибә сүлһ азад олунду \
    едилиб етди вериб алыб ҝәлиб дејиб билдириб шәһәри рајону кәнди халг дөвләт милли хәбәр";

const PERSIAN: &str = "\
    در به از و را با که برای این است بر شد می تا آن یک کرد ها های خود یا هم ای شده دو کند بین اند کرده هر پس نیز نمی \
    چه چرا چگونه شود باید روی علیه پیش بعد بدون پشت زیر اگر اما ولی نیست هست بود باشد دارد داد گفت خواهد کردند شدند \
    دادند گرفت رسید رفت آمد می‌شود دیگر همه هیچ چند چند من ما او آنها شما وی ایران ایرانی تهران کشور کشورها دولت \
    رئیس جمهور جمهوری وزیر وزارت خارجه امور مجلس نماینده نمایندگان رهبر انقلاب اسلامی سپاه ارتش نیروهای نیروی \
    نظامی جنگ صلح آتش بس توافق مذاکره مذاکرات گفت گو دیدار سفر حمله حملات موشک موشکی پهپاد انفجار کشته شهید شهادت \
    شهدا مجروح زخمی درگذشت جان باخت باختند فوت فوتی بازداشت دادگاه پلیس قتل ترور مرز مرزی استان استان‌های شهر \
    شهرستان روستا روستای مردم مردمی زنان مردان کودکان دانش آموزان مدارس دانشگاه معلمان جهان جهانی آمریکا انتخابات \
    رای نتایج پیروز پیروزی تحریم تحریم‌ها هسته برجام سازمان ملل بیانیه واکنش هشدار درخواست خواستار اعلام اعلام \
    کرونا کرونایی واکسن بیماری بیماران بیمارستان مبتلا مبتلایان شناسایی آمار قرنطینه محدودیت تعطیل تعطیلی ممنوع \
    قیمت دلار سکه طلا یورو بورس شاخص بازار ارز نفت گاز بنزین مسکن خودرو گرانی اقتصاد اقتصادی بانک مرکزی تومان \
    میلیون میلیارد هزار درصد نفر نفری سال ساله ماه روز هفته ساعت شب صبح امروز فردا دیروز امسال اول دوم سوم آخرین \
    جدید جدیدترین بزرگ مهم پایان آغاز ادامه شروع توقف فوری فیلم عکس ویدئو تصاویر گزارش خبر اخبار هوا هوای باران برف \
    بارش سیل زلزله طوفان آلودگی آتش سوزی تصادف تیم بازی فوتبال لیگ برتر قهرمان قهرمانی جام آسیا فینال گل مربی \
    بازیکن شکست برد باخت تساوی استقلال پرسپولیس سپاهان صعود هفته حمایت تجمع اعتراض معترضان آزاد آزادی اشغال \
    افزایش کاهش یافت می‌کند می‌کنند می‌گیرد می‌رود شوند سخنگوی معاون فرمانده نخست آمادگی آماده پیام تسلیت تبریک \
    محکوم کردن شدن دادن گرفتن چیست کیست کجا ندارد نداریم داریم هستیم هستند نشد نکنید کنید بخوانید ببینید";

const ARABIC: &str = "\
    في من على إلى أن عن مع ما هذا هذه التي الذي لا بعد بين كان قبل كما أو كل حول قد لم ضد خلال منذ حتى عند غير أكثر ال \
    هل كيف لماذا إن ليس ثم أي لن يوم عام أمام تحت فوق دون الرئيس رئيس الحكومة وزير وزارة الخارجية الدفاع مجلس الأمن \
    القوات الجيش الحرب السلام وقف إطلاق النار اتفاق هجوم مقتل قتلى جرحى وفاة إصابة إصابات الانتخابات الأمريكية \
    الأميركية الروسية التركية الإيراني الرئاسة فوز لقاح كورونا فيروس العالم الدولة مدينة الشرطة الناس شخص أشخاص \
    مليون ألف جديد جديدة أول يعلن تعلن يؤكد يدعو يقول قال أعلن أعلنت دعا تتفقان كرة القدم مباراة مباريات الدوري \
    أسعار النفط الذهب الدولار الطقس زلزال حريق العربية مصر السعودية العراق سوريا لبنان أسطورة";

const URDU: &str = "\
    کے کی میں کا ہے سے کو اور نے پر کہ ہیں یہ بھی تو وہ ایک ہو کر اس تھا جو نہیں گیا ساتھ بعد لیے تھے کیا ہوئے گے گی \
    گا جائے کرنے ان کوئی دیا رہے رہا ہوگا ہوا تک جب اب یا درمیان خلاف پاکستان پاکستانی وزیر اعظم اعظم صدر حکومت فوج \
    جنگ بندی معاہدہ ہلاک جاں بحق زخمی حملہ حملے کورونا وائرس کیسز لوگ ملک شہر پولیس عدالت کہا کہنا روپے ڈالر کرکٹ \
    میچ ٹیم بھارت امریکی انتخابات سال دن نئے نیا پہلے لاکھ ہزار";

const KURDISH: &str = "\
    لە و بە بۆ کە ئەو ئەم لەگەڵ نێوان دوای پێش سەر لەسەر هەر یەک دوو نییە هەیە کرد کران دەکات دەکەن بوو بووە بەردەوامە \
    کوردستان هەرێمی حکومەتی سەرۆکی وەزیری شەڕ شەڕی ئاشتی ڕێککەوتن هێرش کوژران بریندار هەڵبژاردن کۆرۆنا ڤایرۆس نوێ ساڵ \
    ڕۆژ کەس هەزار پارلەمان ئێران تورکیا عێراق";

const PASHTO: &str = "\
    د په او چې له کې ته دی ده دي یو نه هم سره یې پر دا کړي کړې شوي شوی وايي وویل افغانستان افغان ولسمشر طالبان طالبانو \
    حکومت جګړه سوله اوربند برید وژل ټپیان کسان ښار ولایت هېواد خلک نوي کال ورځ تر پورې لپاره";

const AZERBAIJANI_IN_ARABIC: &str = "\
    و بو بیر اوچون ایله دا ده کی اولدو اولوب ائتدی ائدیب ائدیر ائدیلدی چوخ نه هر سونرا کیمی گؤره یئنی ایلک سون ایکی \
    مین نفر گون ایل آذربایجانین اوردوسو اوردو دؤیوش ساواش باریش آزاد وئردی آلدی گلدی گئتدی دئدی شهری کندی خالق \
    بؤیوک تورک تورکیه اوچ اولان اولاراق اوزره قارشی";
