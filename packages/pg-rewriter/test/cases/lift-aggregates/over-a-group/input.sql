-- A call on what the groups give works above them.
SELECT channel, mood_of(string_agg(feedback, ' ')) AS m FROM support GROUP BY channel
