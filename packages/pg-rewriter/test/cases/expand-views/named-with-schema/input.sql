-- Columns may be named with the schema of the view.
SELECT public.moods.id, moods.mood FROM public.moods
