//! Words of the news that mean the same in English and Russian, beside the terms of the conflict profile.
//!
//! They are compared between articles of two languages only. A line is one meaning, in any of its words.

use std::collections::HashMap;
use std::sync::LazyLock;

use ceasewire_text::analysis::{Analysis, words};
use ceasewire_text::stem;

const MEANINGS: &str = "\
earthquake quake tremor землетрясение
flood flooding наводнение потоп
fire blaze пожар огонь
explosion blast взрыв
bomb bombing бомба
crash авария крушение катастрофа
plane aircraft airliner самолет
helicopter вертолет
train поезд
ship vessel судно корабль
car автомобиль машина
police полиция
court суд
judge судья
trial процесс
prison jail тюрьма
arrest detain арестовать задержать арест задержан
murder убийство
kill убить погибнуть погиб
die смерть умереть скончаться умер скончался
wound injure ранить пострадать раненый пострадавший ранение
hostage заложник
protest протест митинг
election выборы
president президент
minister министр
government правительство
parliament парламент
law закон
sanction санкция
agreement deal соглашение договор сделка
meeting встреча заседание
talks negotiation переговоры
attack атака нападение
missile rocket ракета
drone дрон беспилотник
army военные армия
soldier солдат военнослужащий
war война
border граница
refugee беженец
hospital больница госпиталь
school школа
university университет
church церковь
airport аэропорт
company компания
bank банк
oil нефть
gas газ
price цена
dollar доллар
ruble rouble рубль
budget бюджет
tax налог
vaccine вакцина
virus вирус
pandemic epidemic пандемия эпидемия
championship чемпионат
match матч
coach тренер
film movie фильм
actor actress актер актриса
singer певец певица
award prize премия награда
satellite спутник
space космос космический
russia russian россия российский
ukraine ukrainian украина украинский
america american usa сша американский
britain british uk британия британский великобритания
germany german германия немецкий
france french франция французский
china chinese китай китайский
japan japanese япония японский
spain spanish испания испанский
greece greek греция греческий
europe european европа европейский евросоюз
nato нато
un оон
moscow москва московский
washington вашингтон
london лондон
paris париж
berlin берлин
";

/// The number of the meaning that a stem has.
pub(super) fn of(stem: &str) -> Option<u16> {
    static MEANING_OF: LazyLock<HashMap<String, u16>> = LazyLock::new(|| {
        (0..)
            .zip(MEANINGS.lines())
            .flat_map(|(meaning, line)| words(line).into_iter().map(move |word| (word, meaning)))
            .filter_map(|(word, meaning)| {
                let exact = Analysis::Full.exact(&word);
                let language = *stem::candidates(&exact).first()?;
                Some((stem::stem(language, &exact).into_owned(), meaning))
            })
            .collect()
    });
    MEANING_OF.get(stem).copied()
}
