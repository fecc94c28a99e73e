SELECT x.m FROM (SELECT mood_of(feedback) AS m, id FROM support) x WHERE x.id < 5;
