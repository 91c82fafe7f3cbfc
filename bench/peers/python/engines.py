"""The libraries, with what the benchmark asks of them. torch is imported only when they start."""

from array import array

from transforms import Transforms, kornia_transforms
from works import Missing, kornia_works, torchvision_works


class TorchEngine:
    """A library on torch. `prepare` gives a function that does a task once and waits for the device."""

    def __init__(self, torch, name, version, works, device, takes_tensors=True, is_compiled=False):
        self.torch = torch
        self.name = name
        self.version = version
        self._works = works
        self._device = device
        self._takes_tensors = takes_tensors
        self._is_compiled = is_compiled

    def prepare(self, task, mode):
        """
        Returns `(run, result)`: `run(times)` does the task so many times and waits once; `result()` gives flat lists by name.
        @raise Missing where the library cannot do it
        """
        torch = self.torch
        is_both = mode == "both"
        if is_both and task.learned and not self._takes_tensors:
            raise Missing("its parameters are numbers, and numbers have no gradients")
        n = task.shape[0]
        x = self._tensor(task.x, task.shape).requires_grad_(is_both)
        parameters = {}
        for name, values in task.parameters.items():
            rows = self._tensor(values, (n, len(values) // n))
            is_learned = is_both and name in task.learned
            parameters[name] = rows.requires_grad_(is_learned) if self._takes_tensors else rows.tolist()
        work = self._works[task.work]
        if self._is_compiled:
            work = torch.compile(work)
        inputs = [x, *(parameters[name] for name in task.learned)] if is_both else []
        seed = self._tensor(task.seed) if is_both else None

        def compute():
            if not is_both:
                with torch.no_grad():
                    return [work(x, parameters)]
            y = work(x, parameters)
            if not y.requires_grad:
                raise Missing("its result has no gradients")
            return [y, *torch.autograd.grad(y, inputs, seed.view(y.shape))]

        def run(times=1):
            for _ in range(times):
                compute()
            self._wait()

        def result():
            names = ["y", "x", *task.learned]
            return {name: part.detach().flatten().tolist() for name, part in zip(names, compute())}

        return run, result

    def _tensor(self, values: array, shape=None):
        tensor = self.torch.tensor(values.tolist(), dtype=self.torch.float32, device=self._device)
        return tensor if shape is None else tensor.view(*shape)

    def _wait(self):
        if self._device.startswith("cuda"):
            self.torch.cuda.synchronize()


def start_engines(device, threads):
    """
    Starts what is there.
    @param device cpu, cuda or cuda:1; `auto` is cuda where there is one
    @return `(engines, runtime, device in words, problems)`
    @raise RuntimeError with a sentence where there is no torch or no such device
    """
    try:
        import torch
    except ImportError:
        raise RuntimeError("torch is not installed: pip install -r requirements.txt installs what is needed.") from None
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise RuntimeError("torch finds no CUDA device here: --device cpu measures on the processor.")
    if threads:
        torch.set_num_threads(threads)
    engines, problems = [], []
    try:
        import kornia

        works = kornia_works(torch, kornia) | Transforms(kornia_transforms(torch, kornia))
        engines.append(TorchEngine(torch, "kornia", kornia.__version__, works, device))
        if hasattr(torch, "compile"):
            compiled = TorchEngine(torch, "kornia-compiled", kornia.__version__, works, device, is_compiled=True)
            engines.append(compiled)
        else:
            problems.append(f"Kornia was not compiled: torch {torch.__version__} has no torch.compile.")
    except Exception as error:
        problems.append(f"Kornia did not start: {error}")
    try:
        import torchvision
        import torchvision.transforms.v2

        works = torchvision_works(torch, torchvision)
        version = torchvision.__version__
        engines.append(TorchEngine(torch, "torchvision", version, works, device, takes_tensors=False))
    except Exception as error:
        problems.append(f"torchvision did not start: {error}")
    if device.startswith("cuda"):
        words = torch.cuda.get_device_name(device)
    else:
        words = f"the processor, {torch.get_num_threads()} threads"
    return engines, f"torch {torch.__version__}", words, problems
