"""scikit-learn on the same folds: a JSON request on standard input, a line of JSON for each learner on standard output."""

import json
import sys
import time

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score, mean_squared_error, roc_auc_score

request = json.load(sys.stdin)
labels = [row[request["target"]] for row in request["rows"]]
folds = numpy.array(request["folds"])


def number(cell):
    try:
        return float(cell) if cell != "" else float("nan")
    except ValueError:
        return None


def features():
    """Numbers as they are, others by their place among the sorted values; what differs in every row is left out."""
    columns = []
    for index in range(len(request["rows"][0])):
        cells = [row[index] for row in request["rows"]]
        numbers = [number(cell) for cell in cells]
        if index == request["target"]:
            continue
        if None in numbers:
            values = sorted(set(cells) - {""})
            if len(values) > len(cells) / 2:
                continue
            numbers = [values.index(cell) if cell != "" else float("nan") for cell in cells]
        columns.append(numbers)
    return numpy.array(columns).T


def scores(model, train, test):
    began = time.process_time()
    model.fit(X[train], y[train])
    seconds = time.process_time() - began
    predicted = model.predict(X[test])
    if request["regression"]:
        return {"rmse": mean_squared_error(y[test], predicted, squared=False), "fitSeconds": seconds}
    found = {"accuracy": accuracy_score(y[test], predicted), "fitSeconds": seconds}
    positive = request["positive"]
    if positive is not None:
        column = list(model.classes_).index(positive)
        found["f1"] = f1_score(y[test], predicted, pos_label=positive)
        found["auc"] = roc_auc_score(y[test] == positive, model.predict_proba(X[test])[:, column])
    return found


X = features()
y = numpy.array([float(label) for label in labels] if request["regression"] else labels)
learners = {"HistGradientBoosting": HistGradientBoostingRegressor if request["regression"] else HistGradientBoostingClassifier}
if not request["regression"] and not numpy.isnan(X).any():
    learners["RandomForest"] = RandomForestClassifier
for name, learner in learners.items():
    found = [scores(learner(random_state=42), folds != fold, folds == fold) for fold in sorted(set(request["folds"]))]
    means = {key: float(numpy.mean([one[key] for one in found])) for key in found[0]}
    print(json.dumps({"learner": f"scikit-learn {name}", **means}), flush=True)
