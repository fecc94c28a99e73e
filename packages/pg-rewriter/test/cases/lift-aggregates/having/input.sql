-- Only groups that pass the cheap part of HAVING are asked about.
SELECT channel FROM support GROUP BY channel HAVING count(*) > 2 AND mood_of(channel) = 'POSITIVE'
