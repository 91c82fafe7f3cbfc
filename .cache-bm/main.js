import { apply, brightness, requestGpu, rotate, tensor } from "/work/wt/bundle/src/index.ts";
       globalThis.run = async () => {
         const x = tensor(await requestGpu(), new Float32Array(48), [1, 3, 4, 4]);
         return apply(x, [rotate({ angle: 30 }), brightness({ factor: 2 })]).read();
       };