SELECT classify_event(event_type, event_day, amount) FROM events WHERE id < $1;
