/** Why FORECAST is refused. */
export const forecastRefused =
  'Amazon Forecast is closed to new customers. For a number from columns, use MODEL_TYPE XGBOOST, or AUTO ON with PROBLEM_TYPE REGRESSION.';
