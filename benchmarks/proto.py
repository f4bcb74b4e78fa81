import os
os.environ.setdefault("OPENBLAS_NUM_THREADS","1")
import sys; sys.path.insert(0,'.')
from itertools import product
from time import perf_counter
import numpy as np, torch, statistics
torch.set_num_threads(1)
from reference.geometry import transposed_axis
from reference.forms.taps import tap_by_tap
from reference.forms.windows import by_windows
from reference.forms.planes import by_planes
def former(value, filter, axes):
    output = np.zeros((value.shape[0], *(axis.output for axis in axes), filter.shape[-2]), dtype=value.dtype)
    for tap in product(*(range(axis.kernel) for axis in axes)):
        landings = [axis.landing(position) for axis, position in zip(axes, tap, strict=True)]
        if not all(landing.count for landing in landings):
            continue
        sources = tuple(slice(at.first_input, at.first_input + at.count) for at in landings)
        targets = tuple(slice(at.first_output, at.first_output + axis.stride * (at.count - 1) + 1, axis.stride) for at, axis in zip(landings, axes, strict=True))
        output[:, *targets] += value[:, *sources] @ filter[tap].T
    return output
L=[(16,4,4,1024,512,5,2),(16,8,8,512,256,5,2),(16,16,16,256,128,5,2),(16,32,32,128,3,5,2),(16,32,32,128,3,4,2),(1,28,28,1024,512,2,2),(1,128,128,128,64,2,2),(1,64,64,21,21,16,8),(4,16,16,64,32,3,2),(2,8,8,8,8,3,2)]
which=sys.argv[1:] 
for i,(n,h,w,ci,co,k,s) in enumerate(L):
    if which and str(i) not in which: continue
    r=np.random.default_rng(0)
    x=r.integers(-9,10,(n,h,w,ci)).astype(float); f=r.integers(-9,10,(k,k,co,ci)).astype(float)
    pad=max(0,k-s+1)//2; op=s-k+2*pad
    ax=tuple(transposed_axis(l,k,s,1,(pad,pad),l*s) for l in (h,w))
    tx=torch.from_numpy(np.ascontiguousarray(x.transpose(0,3,1,2))); tf=torch.from_numpy(np.ascontiguousarray(f.transpose(3,2,0,1)))
    a=x.reshape(-1,ci); b=f.reshape(-1,ci).T
    C={'torch':lambda:torch.nn.functional.conv_transpose2d(tx,tf,stride=s,padding=pad,output_padding=op),'matmul':lambda:a@b,'former':lambda:former(x,f,ax),'taps':lambda:tap_by_tap(x,f,ax),'windows':lambda:by_windows(x,f,ax),'planes':lambda:by_planes(x,f,ax)}
    exp=C['torch']().numpy().transpose(0,2,3,1)
    for nm in ('former','taps','windows','planes'): assert np.array_equal(C[nm](),exp),nm
    inner=max(1,int(.01/ (lambda t:(C['torch'](),perf_counter()-t)[1])(perf_counter())))
    T={c:[] for c in C}
    for _ in range(5):
        for c in C:
            t=perf_counter()
            for _ in range(inner): C[c]()
            T[c].append((perf_counter()-t)/inner)
    m={c:statistics.median(v) for c,v in T.items()}
    print(L[i],{c:f"{v*1e3:.3f} ({m['torch']/v:.2f})" for c,v in m.items()},flush=True)
