-- scan classify_event: classify_event(event_type, event_day, amount, NULL)
-- classify_event invokes aws_sagemaker.invoke_endpoint endpoint
SELECT classify_event.category AS classify_event FROM events CROSS JOIN LATERAL public.classify_event(event_type, event_day, amount, NULL) AS classify_event WHERE id < $1;
