import * as core from 'aws-ml-core';
import * as mlFunctions from 'aws-ml-core/ml-functions';
import * as local from 'aws-ml-local';
import * as pg from 'pg';
import * as pgAwsMl from 'pg-aws-ml';
import * as rewriter from 'pg-rewriter';
import check from './check.cjs';

check({ pg, core, mlFunctions, local, pgAwsMl, rewriter });
