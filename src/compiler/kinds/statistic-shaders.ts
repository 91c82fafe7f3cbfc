// The kernels of statistics, which are loaded with the first point that needs one.
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import seenWgsl from "../../../shaders/lib/seen.wgsl";
import statisticWgsl from "../../../shaders/lib/statistic.wgsl";
import pointMeasureWgsl from "../../../shaders/pass/point_measure.wgsl";
import pointMeasureBackwardWgsl from "../../../shaders/pass/point_measure_backward.wgsl";
import statisticCountWgsl from "../../../shaders/pass/statistic_count.wgsl";
import statisticGatherWgsl from "../../../shaders/pass/statistic_gather.wgsl";
import statisticMergeWgsl from "../../../shaders/pass/statistic_merge.wgsl";
import statisticTableWgsl from "../../../shaders/pass/statistic_table.wgsl";
import extremesWgsl from "../../../shaders/statistic/extremes.wgsl";
import maximumWgsl from "../../../shaders/statistic/maximum.wgsl";
import minimumWgsl from "../../../shaders/statistic/minimum.wgsl";
import momentsWgsl from "../../../shaders/statistic/moments.wgsl";
import type { Shader } from "../../gpu/index.ts";

export const shaders: readonly Shader[] = [
  cheapWgsl,
  extremesWgsl,
  maximumWgsl,
  minimumWgsl,
  momentsWgsl,
  pointMeasureBackwardWgsl,
  pointMeasureWgsl,
  seenWgsl,
  statisticCountWgsl,
  statisticGatherWgsl,
  statisticMergeWgsl,
  statisticTableWgsl,
  statisticWgsl,
];
