-- max_rows_per_batch is passed through; COALESCE in the body; the scalar OUT parameter is cast.
SELECT id, classify_event(event_type, event_day, amount, 100) FROM events
