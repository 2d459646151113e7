//! Words too common to select anything: articles, pronouns, prepositions, conjunctions and auxiliaries, folded.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Language, candidates};

/// Whether a folded word is too common to select anything in one of the languages that its script may be.
pub fn is_stop_word(word: &str) -> bool {
    candidates(word).iter().any(|&language| is_stop_word_of(language, word))
}

/// Whether a folded word is too common to select anything in a language.
pub(super) fn is_stop_word_of(language: Language, word: &str) -> bool {
    static STOP_WORDS: LazyLock<[HashSet<&str>; 8]> =
        LazyLock::new(|| Language::ALL.map(|language| words_of(language).split_whitespace().collect()));
    STOP_WORDS[language as usize].contains(word)
}

/// A language's stop words.
fn words_of(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::Turkish => TURKISH,
        Language::Azerbaijani => AZERBAIJANI,
        Language::Russian => RUSSIAN,
        Language::Armenian => ARMENIAN,
        Language::Georgian => GEORGIAN,
        Language::Persian => PERSIAN,
    }
}

const ENGLISH: &str = "\
    a about above after again against all also am among an and any are as at be because been before being below \
    between both but by can could d did do does doing down during each else even few for from further had has have \
    having he her here hers him his how i if in into is it its itself just ll m may me might more most must my no \
    nor not of off on once only onto or other our out over own per re s same shall she should since so some such t \
    than that the their them then there these they this those through to too under until up upon ve very was we \
    were what when where which while who whom whose why will with within without would yet you your";

const FRENCH: &str = "\
    a afin ainsi alors apres as au aucun aucune aussi autre autres aux avaient avait avant avec avoir c ce ceci \
    cela celle celles celui ces cet cette ceux chaque chez comme contre d dans de depuis des donc dont du elle \
    elles en encore entre est et etaient etait etant ete etre eu eux fait il ils j je l la le les leur leurs lors \
    lui m mais me meme memes mes moi moins mon n ne ni nos notre nous on ont ou par parce pas pendant peu peut \
    plus pour qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera seront ses si soi soit son \
    sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une vers vos votre vous y";

const TURKISH: &str = "\
    ama ancak arasinda artik aslinda ayni ayrica bana baska bazi belki ben beni benim bile bir biri biz bize bizi \
    bizim boyle bu bugun buna bunlar bunu bunun burada butun cok cunku da daha de degil diger diye dolayi eden \
    eder edildi en fakat gibi gore hala hangi hem henuz hep hepsi her hic icin icinde idi ile ise iste kadar karsi \
    kendi ki kimse mi mu nasil ne neden nerede o olan olarak oldu oldugu olmak olmasi olur on ona once onlar \
    onlarin onu onun onunla orada oysa pek sadece sanki sen senin siz sizin sonra sunlar tarafindan tum uzere var \
    ve veya ya yani yapti yok zaten";

const AZERBAIJANI: &str = "\
    ancaq artiq asagi bela bele belə bir biri biz bizim bizə bu buna bunlar bunu bunun butun bəlkə bəs bəzi cox \
    cunki da daha deyil digər də edib edilib edir edən ha hansi haqqinda hec hələ həm həmin hər hətta ilk ilə indi \
    isə ki kimi lakin mən mənim niyə nə nədən nəyə o olan olar olaraq oldu olub olur ona onlar onlarin onu onun \
    ora oz ozu qarsi qədər sadəcə siz sizin sonra sən sənin tam təkcə tərəfindən ucun uzrə uzərində var və ya \
    yalniz yenə yox yəni əgər ən əsasən əvvəl";

const RUSSIAN: &str = "\
    а без более больше бы был была были было быть в вам вами вас весь во вот все всегда всего всей всем всеми \
    всему всех всю вся вы где да даже для до его ее ей ему если есть еще же за здесь и из или им ими их к как \
    какая какие каких какой какую ко когда кого кому которая которого которое которой которому которую которые \
    который которым которыми которых кто куда ли лишь меня мне много могут может мои мой моя мы на над надо нам \
    нами нас наш наша наше нашего наши не него нее ней нем нему нет ни ним ними них но ну о об однако он она они \
    оно от очень перед по под после потому почему при про раз с сам сама сами само самый свое своего своей своем \
    своему свои своим своими своих свой свою себе себя со собой так такая также такие таких такого такое такой там \
    те тебя тем теми тех то тобой того тоже той только том тому ту тут ты у уже хотя часто чего чей чем через что \
    чтобы чье эта эти этим этих это этого этой этом этому этот эту";

const ARMENIAN: &str = "\
    ա ամեն այդ այլ այն այնտեղ այս այստեղ առ առանց արդեն բայց բոլոր գրեթե դա դեպի դու դուք եթե եմ են ենք ես երբ եւ \
    եք էի էին էինք էիր էիք էր ըստ թե թեեւ ի իմ ին ինչ ինչու ինչպես իսկ իր իրեն իրենց իրենք կա կամ կան կարող կողմից \
    համար համարյա հենց հետ հետո մասին մեզ մեկ մենք մեջ մեր մի միայն մինչ մինչեւ միջեւ մյուս մոտ նա նաեւ նախքան \
    նման նրա նրան նրանից նրանց նրանք ոչ ովքեր որ որը որի որոնց որոնք որպես որպեսզի ու ում չեն չէ չի պետք պիտի սա \
    սակայն վրա տակ քան քեզ քո";

const GEORGIAN: &str = "\
    ა აი ალბათ ამ ამას ამის ამიტომ ან არ არა არათუ არიან არის აქ აქვს ახლა გარდა გარეშე და ეგ ერთ ერთი ეს ესე თუ \
    თუმცა თქვენ იგი იმ იმას იმის ის ისე ისეთი ისინი იქ იქნება იყვნენ იყო კი კიდე კიდევ მაგრამ მათ მათი მან მას \
    მასში მე მერე მეტი მიერ მიმართ მის მისი მხოლოდ ნუ რა რათა რას რატომ რაც როგორ როგორც როდესაც რომ რომელიც \
    რომელსაც რომლებიც რომლის როცა სად სადაც სულ სხვა უკვე უნდა უფრო ყველა ყოფილა შემდეგ შენ შესახებ შორის ჩემი \
    ჩვენ ჩვენი ძალიან წინ ხოლო ხომ";

const PERSIAN: &str = "\
    از است اش اما ان انان انجا اند انها انچه انکه او اگر ای این اینجا اینها اینکه با بار باید بدون بر برای برخی \
    بعد به بود بودن بودند بی بین تا تنها تو توسط جز حتی خواهد خواهند خود خویش داد دارد دارند داشت داشتند داشته در \
    دو دیگر را روی زیر سوی سپس شان شد شدن شدند شده شما شود شوند طی علیه ما مانند من مگر می میان نبود نسبت نه نیز \
    نیست نیستند هر هست هستند هم همان همه همین هنوز هیچ و ولی وی پس پیش چرا چند چنین چه چون کرد کردن کردند کرده کس \
    کسی کند کنند که گفت گفته یا یک یکی";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold;

    #[test]
    fn tables_are_folded_and_in_their_script() {
        for language in Language::ALL {
            // The position in `ALL` is the one in the table of sets.
            assert_eq!(Language::ALL[language as usize], language);
            for word in words_of(language).split_whitespace() {
                assert_eq!(fold(word), word, "{language:?}");
                assert!(candidates(word).contains(&language), "{word}");
                assert!(is_stop_word(word), "{word}");
            }
        }
    }

    #[test]
    fn common_words_are_stop_words_and_news_is_not() {
        for word in ["the", "of", "les", "été", "için", "və", "который", "и", "և", "մեջ", "და", "რომ", "برای", "آن"]
        {
            assert!(is_stop_word(&fold(word)), "{word}");
        }
        for word in ["war", "guerre", "barış", "sülh", "война", "պատերազմ", "ომი", "جنگ", "2020", "停战", ""]
        {
            assert!(!is_stop_word(&fold(word)), "{word}");
        }
    }
}
