/** What `items` and `notes` hold, but for the order in which rows came where that is left open. */
export const written = `
SELECT (SELECT jsonb_agg(to_jsonb(i) ORDER BY i.id, to_jsonb(i)::text) FROM items i) AS items,
       (SELECT jsonb_agg(to_jsonb(x) - 'n' ORDER BY (to_jsonb(x) - 'n')::text) FROM notes x) AS notes`;

/** How often the sequence was drawn from. A statement that fails leaves a gap natively, and here where it began to write. */
export const drawn = 'SELECT last_value, is_called FROM notes_n_seq';

export const reset = `
TRUNCATE items, notes RESTART IDENTITY;
INSERT INTO items SELECT * FROM items_origin ORDER BY id`;
