/** The built-in algorithms of SageMaker that train here. */
export type BuiltInAlgorithm = 'xgboost' | 'linear-learner' | 'kmeans';

/** Accounts of Amazon ECR: of XGBoost, and of linear learner and k-means. Source: SageMaker's list of registry paths. */
const accounts: Readonly<Record<string, readonly [xgboost: string, others: string | undefined]>> = {
  'af-south-1': ['510948584623', '455444449433'],
  'ap-east-1': ['651117190479', '286214385809'],
  'ap-northeast-1': ['354813040037', '351501993468'],
  'ap-northeast-2': ['366743142698', '835164637446'],
  'ap-northeast-3': ['867004704886', '867004704886'],
  'ap-south-1': ['720646828776', '991648021394'],
  'ap-south-2': ['628508329040', '628508329040'],
  'ap-southeast-1': ['121021644041', '475088953585'],
  'ap-southeast-2': ['783357654285', '712309505854'],
  'ap-southeast-3': ['951798379941', '951798379941'],
  'ap-southeast-4': ['106583098589', '106583098589'],
  'ca-central-1': ['341280168497', '469771592824'],
  'ca-west-1': ['190319476487', '190319476487'],
  'eu-central-1': ['492215442770', '664544806723'],
  'eu-central-2': ['680994064768', '680994064768'],
  'eu-north-1': ['662702820516', '669576153137'],
  'eu-south-1': ['978288397137', '257386234256'],
  'eu-south-2': ['104374241257', '104374241257'],
  'eu-west-1': ['141502667606', '438346466558'],
  'eu-west-2': ['764974769150', '644912444149'],
  'eu-west-3': ['659782779980', '749696950732'],
  'il-central-1': ['898809789911', undefined],
  'me-central-1': ['272398656194', '272398656194'],
  'me-south-1': ['801668240914', '249704162688'],
  'sa-east-1': ['737474898029', '855470959533'],
  'us-east-1': ['683313688378', '382416733822'],
  'us-east-2': ['257758044811', '404615174143'],
  'us-gov-west-1': ['414596584902', '226302683700'],
  'us-west-1': ['746614075791', '632365934929'],
  'us-west-2': ['246618743249', '174872318107'],
};

const repositories: Readonly<Record<BuiltInAlgorithm, string>> = {
  xgboost: 'sagemaker-xgboost:1.7-1',
  'linear-learner': 'linear-learner:1',
  kmeans: 'kmeans:1',
};

/** The container image of a built-in algorithm; undefined where the region has none that we know of. */
export function trainingImage(algorithm: BuiltInAlgorithm, region: string): string | undefined {
  const [xgboost, others] = accounts[region] ?? [];
  const account = algorithm === 'xgboost' ? xgboost : others;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return account === undefined ? undefined : `${account}.dkr.ecr.${region}.${domain}/${repositories[algorithm]}`;
}
